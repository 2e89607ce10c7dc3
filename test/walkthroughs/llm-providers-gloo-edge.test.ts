import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { openCertificateAuthority } from '../../src/lib/certificates/certificate-authority.ts'
import { type RecordingUpstream, startRecordingUpstream } from '../harness/recording-upstream.ts'
import { openShell, type ShellSession, shellBlocksOf } from '../harness/shell/shell-session.ts'
import { type SluiceOptions, type SluiceProcess, startSluice } from '../harness/sluice-process.ts'
import { waitUntil } from '../harness/wait-until.ts'

const example = join(import.meta.dirname, '../../examples/gloo-edge')
const blocks = shellBlocksOf(readFileSync(join(example, 'README.md'), 'utf8'))

/** The README's shell blocks by what they do. */
const [
  enter = '',
  applyUpstreams = '',
  listUpstreams = '',
  createToken = '',
  applyRoutes = '',
  callHuggingFace = '',
  callWithoutCredential = '',
  createOpenAiSecret = '',
  callOpenAi = '',
] = blocks

const upstreamTable = `\
+----------------------+--------+----------+----------------------------------+
|       UPSTREAM       |  TYPE  |  STATUS  |             DETAILS              |
+----------------------+--------+----------+----------------------------------+
| huggingface-upstream | Static | Accepted | hosts:                           |
|                      |        |          | -                                |
|                      |        |          | api-inference.huggingface.co:443 |
|                      |        |          |                                  |
| mistralai            | Static | Accepted | hosts:                           |
|                      |        |          | - api.mistral.ai:443             |
|                      |        |          |                                  |
| openai               | Static | Accepted | hosts:                           |
|                      |        |          | - api.openai.com:443             |
|                      |        |          |                                  |
+----------------------+--------+----------+----------------------------------+
`

let sluice: SluiceProcess
let shell: ShellSession

async function open(options: SluiceOptions): Promise<void> {
  sluice = await startSluice(options)
  symlinkSync('data', join(sluice.folder, '.sluice'))
  shell = openShell({ folder: sluice.folder })
}

/** Runs a block as it stands; what curl reads at port 80 is at another port where this user may not bind 80. */
async function run(block: string): Promise<string> {
  const { code, output } = await shell.run(block)
  expect(code, `${block}\n${output}`).toBe(0)
  return output
}

async function walkToTheFirstCall(): Promise<string> {
  await run(enter)
  expect(await run(applyUpstreams)).toContain('huggingface-upstream created')
  await waitUntil('the table', async () => (await run(listUpstreams)) === upstreamTable)
  expect(await run(createToken)).toContain('hftoken')
  expect(await run(applyRoutes)).toContain('virtualservice.gateway.solo.io/ai-services-vs created')
  if (sluice.output().includes('8080 instead')) {
    await run('curl() { command curl --connect-to "$GLOO_GATEWAY:80:$GLOO_GATEWAY:8080" "$@"; }')
  }
  return waitUntil('the first call', async () => {
    const { code, output } = await shell.run(callHuggingFace)
    return code === 0 && output.includes('[{"generated_text"') && output
  })
}

/** The calls that lack a credential, and the one that works as soon as it has got it. */
async function walkToTheLastCall(expected: string): Promise<void> {
  const refusals = await run(callWithoutCredential)
  expect(refusals.match(/^HTTP\/1\.1 5\d\d /gm)).toHaveLength(2)
  expect(refusals).toContain('default/openai-secret')
  expect(refusals).toContain('default/mistralai-secret')

  expect(await run(createOpenAiSecret)).toContain('openai-secret')
  await waitUntil(
    'OpenAI to answer within a second of its secret',
    async () => (await run(callOpenAi)).includes(expected),
    1000,
  )
}

afterEach(async () => {
  await shell?.close()
  await sluice?.stop()
})

test('the files of the example hold the objects that its README applies', () => {
  const objectsOf = (yaml: string) => parseAllDocuments(yaml).map((document) => document.toJS())
  const inFile = (name: string) => objectsOf(readFileSync(join(example, name), 'utf8'))
  const inBlock = (block: string) => objectsOf(/<<EOF\n(.*?)^EOF$/ms.exec(block)?.[1] ?? '')
  expect(inFile('upstreams.yaml')).toEqual(inBlock(applyUpstreams))
  expect(inFile('virtual-service.yaml')).toEqual(inBlock(applyRoutes))
})

describe('against the simulated providers of dev', () => {
  interface Received {
    readonly method: string
    readonly path: string
    readonly host: string
    readonly headers: readonly (readonly [name: string, value: string])[]
    readonly body: string
  }
  let log: string

  const received = async () => (await (await fetch(log)).json()) as Received[]

  beforeEach(async () => {
    await open({ command: 'dev' })
    log = /log: (http:\S+)\)/.exec(sluice.output())?.[1] ?? ''
  })

  test('every command of the README ends as it says', { timeout: 60_000 }, async () => {
    const answer = await walkToTheFirstCall()
    expect(answer).toContain('advantages of running Gloo Gateway')
    const requests = await received()
    const request = requests.at(-1)
    expect(request).toMatchObject({
      method: 'POST',
      path: '/models/openai-community/gpt2',
      host: 'api-inference.huggingface.co',
    })
    const headersOf = (name: string) =>
      request?.headers.filter(([each]) => each === name).map(([, value]) => value)
    expect(headersOf('content-type')).toEqual(['application/json'])
    expect(headersOf('authorization')).toEqual(['Bearer ****l-do'])
    expect(JSON.stringify(requests)).not.toContain('hf_any-text')

    await walkToTheLastCall('"chat.completion"')
    const later = (await received()).slice(requests.length)
    expect(new Set(later.map(({ host, path }) => `${host}${path}`))).toEqual(
      new Set(['api.openai.com/v1/chat/completions']),
    )
  })
})

describe('against a TLS server of the test', () => {
  let upstream: RecordingUpstream

  beforeEach(async () => {
    const authority = openCertificateAuthority({ now: Date.now })
    const names = ['api-inference.huggingface.co', 'api.openai.com', 'api.mistral.ai']
    upstream = await startRecordingUpstream({
      tls: authority.issueServerCertificate({ names }),
      answer(_, response) {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end('[{"generated_text":"of the test"}]')
      },
    })
    const certificates = join(mkdtempSync(join(tmpdir(), 'ca-')), 'ca.pem')
    writeFileSync(certificates, authority.certificate)
    await open({
      flags: [
        ...names.flatMap((name) => ['--resolve', `${name}:443:127.0.0.1:${upstream.port}`]),
        ...['--cacert', certificates],
      ],
    })
  })
  afterEach(() => upstream.close())

  test('each provider receives the call and the credential meant for it', {
    timeout: 60_000,
  }, async () => {
    expect(await walkToTheFirstCall()).toContain('[{"generated_text":"of the test"}]')
    expect(upstream.requests.at(-1)).toMatchObject({
      serverName: 'api-inference.huggingface.co',
      method: 'POST',
      path: '/models/openai-community/gpt2',
      headers: {
        host: 'api-inference.huggingface.co',
        'content-type': 'application/json',
        authorization: 'Bearer hf_any-text-will-do',
        'content-length': '69',
      },
      body: '{"inputs": "What are the advantages of running Gloo Gateway in AWS?"}',
    })
    const before = upstream.requests.length

    await walkToTheLastCall('of the test')
    const later = upstream.requests.slice(before)
    expect(later).toHaveLength(1)
    expect(later[0]).toMatchObject({
      serverName: 'api.openai.com',
      path: '/v1/chat/completions',
      headers: { host: 'api.openai.com', authorization: 'Bearer sk-any-text-will-do' },
    })
  })
})

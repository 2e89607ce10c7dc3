import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KubeClient } from '../harness/kube-client.ts'
import type { SluiceProcess } from '../harness/sluice-process.ts'

/** A value as it is (URL and JSON leave it so), in hexadecimal, and in base64 wherever in the text it starts. */
export function formsOf(value: string): string[] {
  const encoded = [0, 1, 2].map((offset) => {
    const text = Buffer.from(`${'.'.repeat(offset)}${value}`).toString('base64')
    // The first and last characters depend on the neighbours.
    return text.slice(offset === 0 ? 0 : 4, Math.floor((offset + value.length) / 3) * 4)
  })
  const urlSafe = encoded.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))
  return [value, Buffer.from(value).toString('hex'), ...encoded, ...urlSafe]
}

/** Everything that a running Sluice says, by where it says so, but for its Secrets. */
export async function collectOutputs(
  sluice: SluiceProcess,
  kube: KubeClient,
): Promise<Record<string, string>> {
  const admin = `http://127.0.0.1:${sluice.adminPort}`
  const token = readFileSync(join(sluice.folder, 'data/admin-token'), 'utf8').trim()
  const authorized = { headers: { authorization: `Bearer ${token}` } }
  const textOf = async (url: string, options = {}) => (await fetch(url, options)).text()
  const simulator = /log: (http:\S+)\)/.exec(sluice.output())?.[1] ?? ''
  return {
    'standard output and error': sluice.output(),
    'access log': readFileSync(join(sluice.folder, 'access.log'), 'utf8'),
    '/metrics': await textOf(`${admin}/metrics`),
    '/config': await textOf(`${admin}/config`, authorized),
    '/config without token': await textOf(`${admin}/config`),
    'simulator log': await textOf(simulator),
    ...(await listObjects(kube)),
  }
}

interface ResourceList {
  readonly resources?: readonly { readonly name: string; readonly verbs: readonly string[] }[]
}

/** Every list that the Kubernetes API serves, but the one of Secrets. */
async function listObjects(kube: KubeClient): Promise<Record<string, string>> {
  const groups = (await kube.get('/apis'))['groups'] as {
    preferredVersion: { groupVersion: string }
  }[]
  const roots = [
    '/api/v1',
    ...groups.map(({ preferredVersion: { groupVersion } }) => `/apis/${groupVersion}`),
  ]
  const lists: Record<string, string> = {}
  for (const root of roots) {
    const { resources = [] } = (await kube.get(root)) as ResourceList
    for (const { name, verbs } of resources) {
      if (name === 'secrets' || !verbs.includes('list')) continue
      lists[name] = JSON.stringify(await kube.get(`${root}/${name}`))
    }
  }
  return lists
}

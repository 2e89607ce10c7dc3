import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { loadKubeToken, writeKubeconfig } from './kubeconfig.ts'

let dataDir: string

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'kubeconfig-'))
})

afterEach(() => {
  rmSync(dataDir, { recursive: true })
})

test('the kubeconfig names the server and is for its owner only', async () => {
  const server = 'https://127.0.0.1:16443'
  const path = writeKubeconfig({ dataDir, server, caCertificate: 'pem', token: 't' })
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(parse(await readFile(path, 'utf8'))).toMatchObject({
    'current-context': 'sluice',
    clusters: [{ cluster: { server, 'certificate-authority-data': 'cGVt' } }],
    users: [{ user: { token: 't' } }],
  })
})

test('the token stays the same and is for its owner only', () => {
  const token = loadKubeToken(dataDir)
  expect(token.length).toBeGreaterThan(40)
  expect(loadKubeToken(dataDir)).toBe(token)
  expect(statSync(join(dataDir, 'kube-token')).mode & 0o777).toBe(0o600)
})

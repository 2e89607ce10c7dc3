import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findFileHolder, findPortHolder } from './process-holder.ts'

const ours = new RegExp(`^\\S.* \\(pid ${process.pid}\\)$`)

test.runIf(process.platform === 'linux')(
  'a listener is found by its address and port',
  async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.8.7.6', resolve))
    const { port } = server.address() as AddressInfo
    expect(findPortHolder({ host: '127.8.7.6', port })).toMatch(ours)
    expect(findPortHolder({ host: '0.0.0.0', port })).toMatch(ours)
    expect(findPortHolder({ host: '127.8.7.5', port })).toBeUndefined()
    await new Promise((resolve) => server.close(resolve))
    expect(findPortHolder({ host: '127.8.7.6', port })).toBeUndefined()
  },
)

test('a file that only this process has open is held by no other', () => {
  const folder = mkdtempSync(join(tmpdir(), 'process-holder-'))
  const path = join(folder, 'file')
  const descriptor = openSync(path, 'w')
  expect(findFileHolder(path)).toBeUndefined()
  closeSync(descriptor)
  rmSync(folder, { recursive: true })
})

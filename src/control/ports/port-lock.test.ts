import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { findFreePort } from '../../lib/http/testing/free-port.ts'
import { PortLocks } from './port-lock.ts'

test('an address is claimed once per process and free again after its release', async () => {
  const address = { host: '127.0.0.7', port: await findFreePort('127.0.0.7') }
  const first = new PortLocks()
  const second = new PortLocks()
  expect(await first.claim(address)).toBeUndefined()
  expect(await first.claim(address)).toBeUndefined()
  expect(await second.claim(address)).toMatchObject({ reason: 'in-use' })
  first.releaseAllBut(new Set())
  await new Promise((resolve) => setImmediate(resolve))
  expect(await second.claim(address)).toBeUndefined()
  second.releaseAllBut(new Set())
})

test('a port that another program holds is refused with its name', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.7', resolve))
  const { port } = server.address() as AddressInfo
  const refusal = await new PortLocks().claim({ host: '127.0.0.7', port })
  expect(refusal?.message).toMatch(/is in use by .+ \(pid \d+\)/)
  server.close()
})

test('an address of another machine is refused', async () => {
  expect(await new PortLocks().claim({ host: '192.0.2.1', port: 80 })).toMatchObject({
    reason: 'address-not-available',
  })
})

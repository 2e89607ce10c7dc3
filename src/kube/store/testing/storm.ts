import { ObjectStore } from '../object-store.ts'

/**
 * A process that writes objects until it is killed, and prints the name of each one after the store has
 * acknowledged it: `node storm.ts DIRECTORY`.
 */
function storm(dataDirectory: string): void {
  const store = new ObjectStore(dataDirectory)
  const filler = 'x'.repeat(5000)
  for (let index = store.revision; ; index++) {
    const metadata = { namespace: 'default', name: `object-${index}` }
    store.commit([
      { type: 'put', object: { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { filler } } },
    ])
    process.stdout.write(`${metadata.name}\n`)
  }
}

storm(process.argv[2] ?? '')

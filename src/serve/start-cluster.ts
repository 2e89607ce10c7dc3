// Composition of what stands in for a cluster: the store of objects, the Kubernetes API in front of it, and what
// gives addresses to Services and runs Deployments.
import { join } from 'node:path'
import { CommandError } from '../cli/command-error.ts'
import type { DataDirectory } from '../cli/serve/data-directory.ts'
import { explainPort } from '../cli/serve/port-problem.ts'
import type { ServeOptions } from '../cli/serve/serve-options.ts'
import { writeShellEnvironment } from '../cli/serve/shell-environment.ts'
import { dialects } from '../dialects/index.ts'
import { kubeContextName, loadKubeToken, writeKubeconfig } from '../kube/kubeconfig.ts'
import { StoreResourceApi } from '../kube/resources/store-resource-api.ts'
import { createKubeServer } from '../kube/server/create-kube-server.ts'
import { ObjectStore } from '../kube/store/object-store.ts'
import { StoreObjectSource } from '../kube/store/store-object-source.ts'
import type { CertificateAuthority } from '../lib/certificates/certificate-authority.ts'
import { messageOf } from '../lib/message-of.ts'
import { findFileHolder } from '../lib/process-holder.ts'
import { type AddressPool, parseAddressPool } from '../local/address-pool.ts'
import { reachableAddress } from '../local/reachable-address.ts'
import { ServiceAddresses } from '../local/service-addresses.ts'
import { createWorkloads } from '../local/workloads/create-workloads.ts'
import { type Foundations, type RunSettings, reporter } from './run-settings.ts'

const kinds = dialects.flatMap((dialect) => dialect.kinds)

/** Opens the store and serves it, and starts what a cloud would do for its objects. */
export async function startCluster(
  options: ServeOptions,
  settings: RunSettings,
  { authority, data }: Foundations,
) {
  const pool = readPool(options)
  const store = openStore(data)
  const api = new StoreResourceApi({ store, kinds })
  const source = new StoreObjectSource(store)
  const say = reporter(settings.terminal)
  const addresses = createServiceAddresses(source, pool, options)
  const workloads = createWorkloads({
    ...{ source, api, pool, commands: options.runImage, onError: say },
    simulated: settings.simulated,
    environment: settings.environment,
  })
  const token = loadKubeToken(data.path)
  const server = await createKubeServer({
    ...{ api, authority, ...options.kubeApi, podLogs: workloads.podLogs },
    credential: { token, userName: 'sluice-admin', groups: ['system:masters'] },
    version: settings.version,
    onError: (error) => say('The Kubernetes API failed:', error),
  }).catch(explainPort(options.kubeApi, '--kube-api'))
  addresses.start()
  workloads.start()
  return {
    ...{ api, source, addresses },
    kubeconfig: writeClientFiles(data, { server: server.url, authority, token }),
    async close() {
      addresses.stop()
      await Promise.all([server.close(), workloads.stop()])
      store.close()
    },
  }
}

function writeClientFiles(
  data: DataDirectory,
  {
    server,
    authority,
    token,
  }: { readonly server: string; readonly authority: CertificateAuthority; readonly token: string },
): string {
  const caCertificate = authority.certificate
  const kubeconfig = writeKubeconfig({ dataDir: data.path, server, caCertificate, token })
  const binFolder = join(import.meta.dirname, '../../bin')
  writeShellEnvironment(join(data.path, 'env'), { binFolder, kubeconfig, context: kubeContextName })
  return kubeconfig
}

function openStore(data: DataDirectory): ObjectStore {
  try {
    return new ObjectStore(data.store)
  } catch (error) {
    const holder = findFileHolder(join(data.path, 'objects.db'))
    const message = messageOf(error)
    throw new CommandError(
      holder === undefined ? message : message.replace('another process', holder),
    )
  }
}

function readPool(options: ServeOptions): AddressPool {
  const pool = parseAddressPool(options.addressPool)
  if (typeof pool === 'string') throw new CommandError(`--address-pool ${pool}.`)
  return pool
}

function createServiceAddresses(
  source: StoreObjectSource,
  pool: AddressPool,
  options: ServeOptions,
): ServiceAddresses {
  const fixedAddress = options.bind === undefined ? undefined : reachableAddress(options.bind)
  return new ServiceAddresses(source, pool, { fixedAddress, now: Date.now })
}

import type { TlsChain } from '../../../../ir/listener.ts'
import type { ObjectReference } from '../../../../kube/kube-object.ts'
import type { Problem } from '../../conditions.ts'
import type { ListenerSpec } from '../../kinds/fields/listeners.ts'
import { coversHostname } from '../routes/hostnames.ts'
import type { Scope } from '../source.ts'
import { type KeyPair, readKeyPair } from './key-pair.ts'

type Chain = Omit<TlsChain, 'virtualHostIds'>

/** The certificates of a listener, and the first problem with one. */
export interface Certificates {
  readonly chains: readonly Chain[]
  readonly problem: Problem | undefined
}

const reason = 'InvalidCertificateRef'

interface Place {
  readonly owner: ObjectReference
  readonly listener: ListenerSpec
  readonly fieldPath: string
  readonly isFirst: boolean
}

function createChain({ certificateChain, privateKey, names }: KeyPair, place: Place): Chain {
  const { owner, fieldPath, isFirst, listener } = place
  const hostname = listener.hostname?.toLowerCase()
  // The first certificate serves every name of the listener, others those that they are made for.
  const ownNames = names.filter((name) => hostname === undefined || coversHostname(hostname, name))
  return {
    origin: {
      kind: owner.kind,
      namespace: owner.namespace,
      name: owner.name,
      fieldPath,
    },
    serverNames: isFirst ? (hostname === undefined ? [] : [hostname]) : ownNames,
    certificateChain,
    privateKey,
    clientCertificateAuthority: undefined,
    minimumVersion: undefined,
    maximumVersion: undefined,
    cipherSuites: [],
    alpnProtocols: ['h2', 'http/1.1'],
    sessionResumption: true,
  }
}

/** Reads the certificates of an HTTPS listener; other listeners have none. */
export function readCertificates(
  scope: Scope,
  owner: ObjectReference,
  listener: ListenerSpec,
  index: number,
): Certificates {
  if (listener.protocol !== 'HTTPS') return { chains: [], problem: undefined }
  const references = listener.tls?.certificateRefs ?? []
  const chains: Chain[] = []
  let problem: Problem | undefined
  for (const [position, reference] of references.entries()) {
    const fieldPath = `spec.listeners[${index}].tls.certificateRefs[${position}]`
    const isFirst = chains.length === 0
    const pair = readKeyPair(scope, owner, reference, reason)
    if ('reason' in pair) {
      problem ??= pair
      continue
    }
    const chain = createChain(pair, { owner, listener, fieldPath, isFirst })
    // A chain without names would serve every name.
    if (isFirst || chain.serverNames.length > 0) chains.push(chain)
  }
  if (references.length === 0) {
    problem = { reason, message: `listener ${listener.name} names no certificate` }
  }
  return { chains, problem }
}

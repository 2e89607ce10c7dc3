import type { KubeObject } from '../../kube/kube-object.ts'
import { objectAt, textAt } from './fields.ts'

const nameByType: Readonly<Record<string, string>> = {
  'kubernetes.io/tls': 'TLS',
  'extauth.solo.io/apikey': 'ApiKey',
  'extauth.solo.io/oauth': 'OAuth',
  'gloo.solo.io/header': 'Header',
}

/** What a Secret is in Gloo's eyes, in the order in which its converters try. */
export function secretTypeName(secret: KubeObject): string {
  const type = textAt(secret, 'type')
  const known = nameByType[type]
  if (known !== undefined) return known
  if (type !== '' && type !== 'Opaque') return 'unknown'
  const entries = { ...objectAt(secret, 'data'), ...objectAt(secret, 'stringData') }
  if ('aws_access_key_id' in entries && 'aws_secret_access_key' in entries) return 'AWS'
  return Object.keys(entries).length > 0 ? 'Header' : 'unknown'
}

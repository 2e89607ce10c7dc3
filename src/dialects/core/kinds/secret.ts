import type { FieldError } from '../../../kube/kind-definition.ts'
import type { KubeObject } from '../../../kube/kube-object.ts'
import { isRecord } from '../../../lib/json/is-record.ts'
import { flag, map, object, text } from '../../field.ts'
import { honoured } from '../../verdict.ts'
import { entryCount } from './columns.ts'
import {
  validateBase64,
  validateDataKeys,
  validateDataSize,
  validateImmutable,
} from './data-rules.ts'
import { defineKind } from './define-kind.ts'

const references = 'every key of a header secret becomes a header of the request'

const schema = object('Holds a small amount of data that is to be kept secret.', {
  type: honoured(
    'an immutable secret keeps its data, and a type never changes',
    text('What the data is for; each type has keys of its own.', { default: 'Opaque' }),
  ),
  data: honoured(
    references,
    map(
      'The values in base64, by key.',
      text('Base64.', { format: 'byte', 'x-sluice-sensitive': true }),
    ),
  ),
  stringData: honoured(
    'clear text becomes data, wins over it, and is not kept',
    map(
      'Values in clear text, which are moved into data when the object is written and are never given out.',
      text('Clear text.', { 'x-sluice-sensitive': true }),
    ),
  ),
  immutable: honoured(
    'an immutable secret keeps its data, and a type never changes',
    flag('Whether the data may no longer change.'),
  ),
})

/** Keys that a Secret of a type must have: all of `all`, at least one of `any`. */
const requiredKeys: Readonly<Record<string, { all?: string[]; any?: string[] }>> = {
  'kubernetes.io/tls': { all: ['tls.crt', 'tls.key'] },
  'kubernetes.io/basic-auth': { any: ['username', 'password'] },
  'kubernetes.io/ssh-auth': { all: ['ssh-privatekey'] },
  'kubernetes.io/dockerconfigjson': { all: ['.dockerconfigjson'] },
  'kubernetes.io/dockercfg': { all: ['.dockercfg'] },
}

/** `v1/Secret`. */
export const secret = defineKind({
  kind: 'Secret',
  plural: 'secrets',
  shortNames: [],
  schema,
  selectableFields: ['type'],
  columns: [
    { name: 'Type', type: 'string', value: '.type' },
    { name: 'Data', type: 'integer', value: entryCount('data') },
  ],
  prepare: moveClearText,
  validate: validateSecret,
})

function moveClearText(object: KubeObject): KubeObject {
  const { stringData, ...rest } = object as KubeObject & { stringData?: unknown }
  const type = typeof rest['type'] === 'string' && rest['type'] !== '' ? rest['type'] : 'Opaque'
  if (!isRecord(stringData)) return rest['type'] === type ? object : { ...rest, type }
  const data: Record<string, unknown> = { ...(isRecord(rest['data']) ? rest['data'] : {}) }
  for (const [key, value] of Object.entries(stringData)) {
    data[key] = Buffer.from(String(value), 'utf8').toString('base64')
  }
  return { ...rest, data, type }
}

function validateSecret(object: KubeObject, previous: KubeObject | undefined): FieldError[] {
  const errors = [
    ...validateDataKeys(object, 'data'),
    ...validateBase64(object, 'data'),
    ...validateDataSize(object, ['data']),
    ...validateRequiredKeys(object),
    ...validateImmutable(object, previous, ['data']),
  ]
  if (previous !== undefined && previous['type'] !== object['type']) {
    errors.push({
      type: 'invalid',
      field: 'type',
      value: object['type'],
      detail: 'field is immutable',
    })
  }
  return errors
}

function validateRequiredKeys(object: KubeObject): FieldError[] {
  const { all = [], any = [] } = requiredKeys[String(object['type'])] ?? {}
  const data = isRecord(object['data']) ? object['data'] : {}
  const missing = all.filter((key) => !Object.hasOwn(data, key))
  if (any.length > 0 && !any.some((key) => Object.hasOwn(data, key))) missing.push(...any)
  return missing.map((key) => ({ type: 'required', field: `data[${key}]`, detail: '' }))
}

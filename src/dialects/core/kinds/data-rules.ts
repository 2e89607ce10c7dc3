import { isDeepStrictEqual } from 'node:util'
import type { FieldError } from '../../../kube/kind-definition.ts'
import type { KubeObject } from '../../../kube/kube-object.ts'
import { isRecord } from '../../../lib/json/is-record.ts'

/** What Secrets and ConfigMaps may hold in bytes, as in Kubernetes. */
const maxDataBytes = 1024 * 1024
const base64Pattern = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** Keys of data maps are file names: letters, digits, `-`, `_` and `.`. */
export function validateDataKeys(object: KubeObject, field: string): FieldError[] {
  const data = object[field]
  if (!isRecord(data)) return []
  return Object.keys(data).flatMap((key): FieldError[] => {
    if (key.length > 253) {
      return [
        {
          type: 'tooLong',
          field: `${field}[${key}]`,
          detail: 'must be no more than 253 characters',
        },
      ]
    }
    if (/^[-._a-zA-Z0-9]+$/.test(key) && !/^\.\.?$|^\.\./.test(key)) return []
    return [
      {
        type: 'invalid',
        field: `${field}[${key}]`,
        value: key,
        detail:
          "a valid config key must consist of alphanumeric characters, '-', '_' or '.' and must not start with '..'",
      },
    ]
  })
}

/** Values must be base64, which line breaks may divide. */
export function validateBase64(object: KubeObject, field: string): FieldError[] {
  const data = object[field]
  if (!isRecord(data)) return []
  return Object.entries(data).flatMap(([key, value]): FieldError[] => {
    if (typeof value === 'string' && base64Pattern.test(value.replace(/[\r\n]/g, ''))) return []
    // The value may be a credential written in clear by mistake, so it is not repeated.
    return [
      {
        type: 'invalid',
        field: `${field}[${key}]`,
        value: '<hidden>',
        detail: 'must be base64; write clear text under stringData',
      },
    ]
  })
}

/** All values together must stay below the size that Kubernetes allows. */
export function validateDataSize(object: KubeObject, fields: readonly string[]): FieldError[] {
  let bytes = 0
  for (const field of fields) {
    const data = object[field]
    if (!isRecord(data)) continue
    for (const value of Object.values(data)) {
      if (typeof value !== 'string') continue
      bytes +=
        field === 'data' && object.kind === 'ConfigMap'
          ? Buffer.byteLength(value)
          : decodedSize(value)
    }
  }
  if (bytes <= maxDataBytes) return []
  const detail = `must have at most ${maxDataBytes} bytes`
  return [{ type: 'tooLong', field: fields[0] ?? 'data', detail }]
}

/** Once `immutable` is set, neither it nor the data may change. */
export function validateImmutable(
  object: KubeObject,
  previous: KubeObject | undefined,
  fields: readonly string[],
): FieldError[] {
  if (previous?.['immutable'] !== true) return []
  const errors: FieldError[] = []
  const detail = 'field is immutable when `immutable` is set'
  if (object['immutable'] !== true) errors.push({ type: 'forbidden', field: 'immutable', detail })
  for (const field of fields) {
    if (!isDeepStrictEqual(object[field] ?? {}, previous[field] ?? {})) {
      errors.push({ type: 'forbidden', field, detail })
    }
  }
  return errors
}

const decodedSize = (base64: string) => Buffer.byteLength(base64, 'base64')

import type { FieldError } from '../../../kube/kind-definition.ts'
import type { KubeObject } from '../../../kube/kube-object.ts'
import { isRecord } from '../../../lib/json/is-record.ts'
import { flag, map, object, text } from '../../field.ts'
import { honoured, informational } from '../../verdict.ts'
import { entryCount } from './columns.ts'
import {
  validateBase64,
  validateDataKeys,
  validateDataSize,
  validateImmutable,
} from './data-rules.ts'
import { defineKind } from './define-kind.ts'

const schema = object('Holds configuration data that is no secret.', {
  data: informational(map('Values as text, by key.', text('Text.'))),
  binaryData: informational(map('Values in base64, by key.', text('Base64.', { format: 'byte' }))),
  immutable: honoured(
    'an immutable config map keeps its data',
    flag('Whether the data may no longer change.'),
  ),
})

/** `v1/ConfigMap`. */
export const configMap = defineKind({
  kind: 'ConfigMap',
  plural: 'configmaps',
  shortNames: ['cm'],
  schema,
  columns: [{ name: 'Data', type: 'integer', value: entryCount('data', 'binaryData') }],
  validate: (object, previous) => [
    ...validateDataKeys(object, 'data'),
    ...validateDataKeys(object, 'binaryData'),
    ...validateBase64(object, 'binaryData'),
    ...validateDistinctKeys(object),
    ...validateDataSize(object, ['data', 'binaryData']),
    ...validateImmutable(object, previous, ['data', 'binaryData']),
  ],
})

function validateDistinctKeys(object: KubeObject): FieldError[] {
  const { data, binaryData } = object
  if (!isRecord(data) || !isRecord(binaryData)) return []
  return Object.keys(data)
    .filter((key) => Object.hasOwn(binaryData, key))
    .map((key) => ({
      type: 'invalid',
      field: `data[${key}]`,
      value: key,
      detail: 'duplicate of key present in binaryData',
    }))
}

import type { FieldType, MessageType } from './message-type.ts'
import { messageTypes } from './message-types.ts'
import { readWireFields, type WireField } from './protobuf-reader.ts'

type Fields = Record<string, unknown>

/** Before the envelope (https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding-idl). */
const magic = Buffer.from('k8s\0')

/** The body is of a kind that is not read from protobuf; JSON would do. */
export class UnknownMessageTypeError extends Error {}

/** Decodes an object in Kubernetes' protobuf envelope into what its JSON would hold. Throws on anything unexpected. */
export function decodeProtobufObject(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  if (!magic.equals(bytes.subarray(0, magic.length))) {
    throw new Error('the envelope of Kubernetes is missing')
  }
  const envelope = readWireFields(bytes.subarray(magic.length))
  const typeMeta = readWireFields(bytesOf(envelope.find(({ number }) => number === 1)))
  const apiVersion = textOf(typeMeta.find(({ number }) => number === 1))
  const kind = textOf(typeMeta.find(({ number }) => number === 2))
  const type = messageTypes[`${apiVersion} ${kind}`]
  if (!type) throw new UnknownMessageTypeError(`${kind} of ${apiVersion} is not read from protobuf`)
  const raw = envelope.find(({ number }) => number === 2)
  if (!raw) throw new Error('the envelope holds no object')
  return { apiVersion, kind, ...decodeMessage(bytesOf(raw), type, '') }
}

function decodeMessage(bytes: Uint8Array, type: MessageType, path: string): Fields {
  const decoded: Fields = {}
  for (const field of readWireFields(bytes)) {
    const known = type[field.number]
    if (!known) throw new Error(`field ${field.number} of ${path || 'the object'} is not known`)
    const [name, fieldType] = known
    const value = decodeField(field, fieldType, {
      previous: decoded[name],
      path: `${path}.${name}`,
    })
    if (value !== undefined) decoded[name] = value
  }
  return decoded
}

interface Place {
  /** What earlier occurrences of the field came to: lists and maps repeat it. */
  readonly previous: unknown
  readonly path: string
}

function decodeField(field: WireField, type: FieldType, { previous, path }: Place): unknown {
  if (typeof type !== 'string') {
    if ('messages' in type)
      return [...list(previous), decodeMessage(bytesOf(field), type.messages, path)]
    const message = decodeMessage(bytesOf(field), type.message, path)
    return Object.keys(message).length > 0 ? message : undefined
  }
  switch (type) {
    case 'string':
      return textOf(field) || undefined
    case 'strings':
      return [...list(previous), textOf(field)]
    case 'int':
      return numberOf(field) || undefined
    case '?int':
      return numberOf(field)
    case 'bool':
      return numberOf(field) === 1 || undefined
    case '?bool':
      return numberOf(field) === 1
    case 'time':
      return decodeTime(bytesOf(field))
    case 'intOrString':
      return decodeIntOrString(bytesOf(field))
    case 'stringMap':
    case 'bytesMap':
      return { ...(previous as Fields | undefined), ...decodeEntry(bytesOf(field), type) }
    case 'status':
      return undefined
  }
}

function decodeEntry(bytes: Uint8Array, type: 'stringMap' | 'bytesMap'): Fields {
  const fields = readWireFields(bytes)
  const value = fields.find(({ number }) => number === 2)
  // An own property, also where the key is `__proto__`.
  return Object.fromEntries([
    [
      textOf(fields.find(({ number }) => number === 1)),
      type === 'stringMap' ? textOf(value) : Buffer.from(bytesOf(value)).toString('base64'),
    ],
  ])
}

/** Absent when zero: that is how an unset time is written. */
function decodeTime(bytes: Uint8Array): string | undefined {
  const seconds = numberOf(readWireFields(bytes).find(({ number }) => number === 1))
  // The year 1 is Go's zero time.
  if (seconds === 0 || seconds <= -62_135_596_800) return undefined
  return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z')
}

function decodeIntOrString(bytes: Uint8Array): number | string | undefined {
  const fields = readWireFields(bytes)
  const [type, number, text] = [1, 2, 3].map((wanted) =>
    fields.find((field) => field.number === wanted),
  )
  if (numberOf(type) === 1) return textOf(text) || undefined
  return numberOf(number) || undefined
}

function list(previous: unknown): readonly unknown[] {
  return Array.isArray(previous) ? previous : []
}

function bytesOf(field: WireField | undefined): Uint8Array {
  if (field === undefined) return new Uint8Array()
  if (typeof field.value === 'bigint') throw new Error(`field ${field.number} must hold bytes`)
  return field.value
}

function textOf(field: WireField | undefined): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytesOf(field))
}

function numberOf(field: WireField | undefined): number {
  if (field === undefined) return 0
  if (typeof field.value !== 'bigint') throw new Error(`field ${field.number} must hold a number`)
  return Number(BigInt.asIntN(64, field.value))
}

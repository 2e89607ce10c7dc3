import type { OpenApiSchema } from './openapi-schema.ts'
import type {
  OpenApiV2Document,
  OpenApiV2Operation,
  OpenApiV2Parameter,
  OpenApiV2Path,
} from './openapi-v2.ts'
import { ProtobufMessage } from './protobuf-message.ts'

/**
 * Encodes the document as gnostic's `openapi.v2.Document`, the only form that kubectl before 1.27 asks for. Field
 * numbers are those of https://github.com/google/gnostic/blob/main/openapiv2/OpenAPIv2.proto.
 */
export function encodeOpenApiV2(document: OpenApiV2Document): Uint8Array {
  const { swagger, info, paths, definitions } = document
  const named = Object.entries(definitions).map(([name, schema]) =>
    entry(name, encodeSchema(schema)),
  )
  const pathItems = Object.entries(paths).map(([path, item]) => entry(path, encodePath(item)))
  return message()
    .string(1, swagger)
    .message(2, message().string(1, info.title).string(2, info.version))
    .message(8, message().messages(2, pathItems))
    .message(9, message().messages(1, named))
    .encode()
}

function message(): ProtobufMessage {
  return new ProtobufMessage()
}

/** A map's pair, whatever the type of its values. */
function entry(name: string, value: ProtobufMessage): ProtobufMessage {
  return message().string(1, name).message(2, value)
}

/** Any value, as the YAML that readers parse it from; JSON is YAML. */
function anyValue(value: unknown): ProtobufMessage {
  return message().string(2, JSON.stringify(value))
}

function encodePath({ operations, parameters }: OpenApiV2Path): ProtobufMessage {
  const { get, put, post, delete: remove, patch } = operations
  return message()
    .message(2, get && encodeOperation(get))
    .message(3, put && encodeOperation(put))
    .message(4, post && encodeOperation(post))
    .message(5, remove && encodeOperation(remove))
    .message(8, patch && encodeOperation(patch))
    .messages(9, parameters.map(encodeParameter))
}

function encodeOperation(operation: OpenApiV2Operation): ProtobufMessage {
  const response = message()
    .string(1, 'OK')
    .message(2, message().message(1, encodeSchema(operation.response)))
  return message()
    .string(3, operation.description)
    .string(5, operation.operationId)
    .strings(6, operation.produces)
    .strings(7, operation.consumes)
    .messages(8, operation.parameters.map(encodeParameter))
    .message(9, message().message(1, entry('200', message().message(1, response))))
    .messages(13, encodeExtensions(operation.extensions))
}

function encodeParameter(parameter: OpenApiV2Parameter): ProtobufMessage {
  return message().message(1, encodeParameterVariant(parameter))
}

function encodeParameterVariant(parameter: OpenApiV2Parameter): ProtobufMessage {
  if (parameter.in === 'body') {
    const body = message()
      .string(1, parameter.description)
      .string(2, parameter.name)
      .string(3, 'body')
      .boolean(4, parameter.required)
      .message(5, encodeSchema(parameter.schema ?? {}))
    return message().message(1, body)
  }
  const isQuery = parameter.in === 'query'
  const fields = message()
    .boolean(1, parameter.required)
    .string(2, parameter.in)
    .string(3, parameter.description)
    .string(4, parameter.name)
    // Path parameters have no allow_empty_value before the type.
    .string(isQuery ? 6 : 5, parameter.type)
  return message().message(2, message().message(isQuery ? 3 : 4, fields))
}

function encodeSchema(schema: OpenApiSchema): ProtobufMessage {
  const { additionalProperties, items, properties, type } = schema
  const limits = schema as Readonly<Record<string, number | undefined>>
  return message()
    .string(1, schema.$ref)
    .string(2, schema.format)
    .string(3, schema.title)
    .string(4, schema.description)
    .double(6, limits['multipleOf'])
    .double(7, limits['maximum'])
    .boolean(8, schema['exclusiveMaximum'] === true)
    .double(9, limits['minimum'])
    .boolean(10, schema['exclusiveMinimum'] === true)
    .integer(11, limits['maxLength'])
    .integer(12, limits['minLength'])
    .string(13, schema['pattern'] as string | undefined)
    .integer(14, limits['maxItems'])
    .integer(15, limits['minItems'])
    .boolean(16, schema['uniqueItems'] === true)
    .integer(17, limits['maxProperties'])
    .integer(18, limits['minProperties'])
    .strings(19, schema.required)
    .messages(20, (schema.enum ?? []).map(anyValue))
    .message(21, encodeAdditionalProperties(additionalProperties))
    .message(22, type === undefined ? undefined : message().string(1, type))
    .message(23, items && message().message(1, encodeSchema(items)))
    .message(25, properties && encodeProperties(properties))
    .messages(31, encodeExtensions(schema))
}

function encodeProperties(properties: Readonly<Record<string, OpenApiSchema>>): ProtobufMessage {
  const named = Object.entries(properties).map(([name, schema]) =>
    entry(name, encodeSchema(schema)),
  )
  return message().messages(1, named)
}

function encodeAdditionalProperties(
  value: OpenApiSchema | boolean | undefined,
): ProtobufMessage | undefined {
  if (value === undefined) return undefined
  return typeof value === 'boolean'
    ? message().boolean(2, value)
    : message().message(1, encodeSchema(value))
}

function encodeExtensions(holder: Readonly<Record<string, unknown>>): ProtobufMessage[] {
  return Object.entries(holder)
    .filter(([name]) => name.startsWith('x-'))
    .map(([name, value]) => entry(name, anyValue(value)))
}

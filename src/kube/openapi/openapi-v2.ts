import type { KindDefinition } from '../kind-definition.ts'
import { type ApiOperation, type ApiPath, kindPaths } from './kind-operations.ts'
import { kindSchemas, listPublishedKinds } from './kind-schemas.ts'
import { metaSchemas } from './meta-schemas.ts'
import { type OpenApiSchema, publishOpenApiSchema } from './openapi-schema.ts'

/** An OpenAPI v2 document, as far as Kubernetes uses the format. */
export interface OpenApiV2Document {
  readonly swagger: '2.0'
  readonly info: { readonly title: string; readonly version: string }
  readonly paths: Readonly<Record<string, OpenApiV2Path>>
  readonly definitions: Readonly<Record<string, OpenApiSchema>>
}

export interface OpenApiV2Path {
  readonly operations: Readonly<Partial<Record<ApiOperation['method'], OpenApiV2Operation>>>
  readonly parameters: readonly OpenApiV2Parameter[]
}

export interface OpenApiV2Operation {
  readonly description: string
  readonly operationId: string
  readonly consumes: readonly string[]
  readonly produces: readonly string[]
  readonly parameters: readonly OpenApiV2Parameter[]
  readonly response: OpenApiSchema
  readonly extensions: Readonly<Record<string, unknown>>
}

export interface OpenApiV2Parameter {
  readonly in: 'query' | 'path' | 'body'
  readonly name: string
  readonly description: string
  readonly required: boolean
  readonly type?: string
  readonly schema?: OpenApiSchema
}

const reference = (name: string) => `#/definitions/${name}`

/** Describes all kinds in one document; {@link writeOpenApiV2Json} and the protobuf form are made from it. */
export function createOpenApiV2(
  kinds: readonly KindDefinition[],
  version: string,
): OpenApiV2Document {
  const published = listPublishedKinds(kinds)
  const schemas = Object.assign({}, metaSchemas, ...published.map(kindSchemas))
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version },
    paths: Object.fromEntries(
      published.flatMap(kindPaths).map((path) => [path.path, describePath(path)]),
    ),
    definitions: Object.fromEntries(
      Object.entries(schemas as Record<string, OpenApiSchema>).map(([name, schema]) => [
        name,
        publishOpenApiSchema(schema, { reference, isVersion2: true }),
      ]),
    ),
  }
}

/** The document as `application/json`. */
export function writeOpenApiV2Json(document: OpenApiV2Document): string {
  const paths = Object.entries(document.paths).map(([path, { operations, parameters }]) => {
    const methods = Object.entries(operations).map(
      ([method, { response, extensions, ...rest }]) => [
        method,
        { ...rest, responses: { '200': { description: 'OK', schema: response } }, ...extensions },
      ],
    )
    return [path, { ...Object.fromEntries(methods), parameters }]
  })
  return JSON.stringify({ ...document, paths: Object.fromEntries(paths) })
}

function describePath({ operations, pathParameters }: ApiPath): OpenApiV2Path {
  return {
    operations: Object.fromEntries(
      operations.map((operation) => [operation.method, describeOperation(operation)]),
    ),
    parameters: pathParameters.map((name) => ({
      in: 'path',
      name,
      description: `${name} of the object`,
      required: true,
      type: 'string',
    })),
  }
}

function describeOperation(operation: ApiOperation): OpenApiV2Operation {
  const { method, body } = operation
  const schema = body === undefined ? { type: 'object' } : { $ref: reference(body) }
  const bodyParameter: OpenApiV2Parameter = {
    in: 'body',
    name: 'body',
    description: 'The object or the patch.',
    required: true,
    schema,
  }
  return {
    description: operation.description,
    operationId: operation.operationId,
    consumes: method === 'patch' ? operation.patchTypes : ['application/json', 'application/yaml'],
    produces: ['application/json', 'application/yaml'],
    parameters: [
      ...(method === 'get' || method === 'delete' ? [] : [bodyParameter]),
      ...operation.query.map((parameter) => ({
        in: 'query' as const,
        required: false,
        ...parameter,
      })),
    ],
    response: { $ref: reference(operation.response) },
    extensions: {
      'x-kubernetes-action': operation.action,
      'x-kubernetes-group-version-kind': operation.groupVersionKind,
    },
  }
}

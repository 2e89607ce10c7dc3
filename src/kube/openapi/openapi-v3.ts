import { createHash } from 'node:crypto'
import type { KindDefinition } from '../kind-definition.ts'
import { type ApiOperation, type ApiPath, kindPaths } from './kind-operations.ts'
import { kindSchemas, listPublishedKinds, type PublishedKind } from './kind-schemas.ts'
import { metaSchemas } from './meta-schemas.ts'
import { type OpenApiSchema, publishOpenApiSchema } from './openapi-schema.ts'

/** The OpenAPI v3 documents, each under its path below `/openapi/v3/`, such as `apis/gateway.solo.io/v1`. */
export interface OpenApiV3 {
  readonly index: object
  readonly documents: ReadonlyMap<string, OpenApiV3Document>
}

export interface OpenApiV3Document {
  readonly json: string
  /** Changes with the content. */
  readonly hash: string
}

/** Writes one document per group and version. */
export function createOpenApiV3(kinds: readonly KindDefinition[], version: string): OpenApiV3 {
  const byPath = Map.groupBy(listPublishedKinds(kinds), ({ definition, version: { name } }) =>
    definition.group === '' ? `api/${name}` : `apis/${definition.group}/${name}`,
  )
  const documents = new Map(
    [...byPath].map(([path, published]) => {
      const json = JSON.stringify(documentOf(published, version))
      const hash = createHash('sha256').update(json).digest('hex').slice(0, 32).toUpperCase()
      return [path, { json, hash }]
    }),
  )
  const paths = Object.fromEntries(
    [...documents].map(([path, { hash }]) => [
      path,
      { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` },
    ]),
  )
  return { index: { paths }, documents }
}

const reference = (name: string) => `#/components/schemas/${name}`

function documentOf(kinds: readonly PublishedKind[], version: string): object {
  const schemas = Object.assign({}, metaSchemas, ...kinds.map(kindSchemas))
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version },
    paths: Object.fromEntries(kinds.flatMap(kindPaths).map((path) => [path.path, pathItem(path)])),
    components: {
      schemas: Object.fromEntries(
        Object.entries(schemas as Record<string, OpenApiSchema>).map(([name, schema]) => [
          name,
          publishOpenApiSchema(wrapReferences(schema), { reference, isVersion2: false }),
        ]),
      ),
    },
  }
}

/** A reference allows no description beside it in OpenAPI 3.0, so it moves into `allOf`. */
function wrapReferences(schema: OpenApiSchema): OpenApiSchema {
  const properties = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const { $ref, ...rest } = property
    return [name, $ref === undefined ? property : { ...rest, allOf: [{ $ref }] }]
  })
  return schema.properties ? { ...schema, properties: Object.fromEntries(properties) } : schema
}

function pathItem({ operations, pathParameters }: ApiPath): object {
  return {
    ...Object.fromEntries(operations.map((operation) => [operation.method, write(operation)])),
    ...(pathParameters.length > 0
      ? {
          parameters: pathParameters.map((name) => ({
            name,
            in: 'path',
            required: true,
            schema: { type: 'string', uniqueItems: true },
          })),
        }
      : {}),
  }
}

const jsonTypes = ['application/json', 'application/yaml']

function write(operation: ApiOperation): object {
  const body =
    operation.body === undefined ? { type: 'object' } : { $ref: reference(operation.body) }
  const hasBody = operation.method !== 'get' && operation.method !== 'delete'
  return {
    description: operation.description,
    operationId: operation.operationId,
    parameters: operation.query.map(({ name, type, description }) => ({
      name,
      in: 'query',
      description,
      schema: { type, uniqueItems: true },
    })),
    ...(hasBody
      ? {
          requestBody: {
            content: content(operation.method === 'patch' ? operation.patchTypes : jsonTypes, body),
            required: true,
          },
        }
      : {}),
    responses: {
      '200': {
        description: 'OK',
        content: content(jsonTypes, { $ref: reference(operation.response) }),
      },
    },
    'x-kubernetes-action': operation.action,
    'x-kubernetes-group-version-kind': operation.groupVersionKind,
  }
}

function content(types: readonly string[], schema: object): object {
  return Object.fromEntries(types.map((type) => [type, { schema }]))
}

import { isMap, isPair, isScalar, isSeq, parseDocument, visit } from 'yaml'
import { badRequestError } from '../../resources/status-error.ts'
import { depthMessage, findDuplicateFields, maxBodyDepth } from './find-duplicate-fields.ts'

/** A body's value, and the fields that its text names more than once. */
export interface DecodedBody {
  readonly value: unknown
  readonly duplicateFields: readonly string[]
}

/** Decodes JSON or YAML strictly; the refusal says what is wrong and where. */
export function decodeBody(text: string, format: 'json' | 'yaml'): DecodedBody {
  if (format === 'json') return decodeJson(text)
  const trimmed = text.trimStart()
  // What kubectl sends as YAML is JSON, which is read in a tenth of the time.
  if (trimmed.startsWith('{') && isJson(trimmed)) return decodeJson(trimmed)
  return decodeYaml(text)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function decodeJson(text: string): DecodedBody {
  try {
    const value: unknown = JSON.parse(text)
    return { value, duplicateFields: findDuplicateFields(text) }
  } catch (error) {
    throw badRequestError(`the body is not valid JSON: ${messageOf(error)}`)
  }
}

function decodeYaml(text: string): DecodedBody {
  const document = parseDocument(text, {
    uniqueKeys: false,
    merge: true,
    prettyErrors: false,
    logLevel: 'silent',
  })
  const [error] = document.errors
  if (error) throw badRequestError(`the body is not valid YAML: ${error.message}`)
  const duplicateFields = findYamlDuplicates(document)
  try {
    return { value: document.toJS({ maxAliasCount: 100 }) as unknown, duplicateFields }
  } catch (failure) {
    throw badRequestError(`the body is not valid YAML: ${messageOf(failure)}`)
  }
}

type YamlDocument = ReturnType<typeof parseDocument>

function findYamlDuplicates(document: YamlDocument): readonly string[] {
  const duplicates: string[] = []
  visit(document, {
    Collection: (_key, node, ancestors) => {
      if (ancestors.filter((ancestor) => !isPair(ancestor)).length > maxBodyDepth) {
        throw badRequestError(depthMessage)
      }
      if (!isMap(node)) return
      const seen = new Set<string>()
      for (const { key } of node.items) {
        const name = String(isScalar(key) ? key.value : key)
        if (seen.has(name)) duplicates.push(yamlPath([...ancestors, node], name))
        seen.add(name)
      }
    },
  })
  return duplicates
}

function yamlPath(ancestors: readonly unknown[], name: string): string {
  let path = ''
  for (const [index, ancestor] of ancestors.entries()) {
    const child = ancestors[index + 1]
    if (isPair(ancestor)) path += `.${String(ancestor.key)}`
    if (isSeq(ancestor)) path += `[${ancestor.items.indexOf(child)}]`
  }
  return `${path}.${name}`.slice(1)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

import {
  type Document,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  parseDocument,
  stringify,
  visit,
} from 'yaml'
import { messageOf } from './message-of.ts'

/** One document of a YAML text. */
export interface YamlDocument {
  /** Undefined when there are errors, null for an empty document. */
  readonly value: unknown
  /** Where it begins, from 1. */
  readonly line: number
  readonly errors: readonly string[]
}

/** A text that is no YAML; the message says where. */
export class YamlSyntaxError extends Error {}

/** Aliases may multiply a small text into a huge value; what they produce together is bounded. */
const maxAliasCount = 100

type DocumentOptions = NonNullable<Parameters<typeof parseDocument>[1]>

/** Types of YAML 1.1 that kubectl's reader leaves as plain text. */
const plainTextTags = new Set(['timestamp', 'binary', 'omap', 'pairs', 'set'])

const readAsKubectl: DocumentOptions = {
  version: '1.1',
  merge: true,
  prettyErrors: false,
  logLevel: 'silent',
  customTags: (tags) =>
    tags
      .filter((tag) => {
        if (typeof tag === 'string') return !plainTextTags.has(tag)
        const isSexagesimal = 'format' in tag && tag.format === 'TIME'
        return !isSexagesimal && !plainTextTags.has(tag.tag.slice(tag.tag.lastIndexOf(':') + 1))
      })
      .map(withDigits),
}

/**
 * What is a number to kubectl's reader has a digit before its exponent: a point alone is none, which is a claim's delimiter, and `e1` is
 * a name. One too large for a number, as `12e4567` of a commit, stays text. Infinity and what is no number at all are refused: JSON has neither.
 */
function withDigits<Tag>(tag: Tag): Tag {
  const isFloat =
    isObject(tag) && tag['tag'] === 'tag:yaml.org,2002:float' && tag['test'] instanceof RegExp
  if (!isFloat) return tag
  const test = tag['test'] as RegExp
  if (test.test('.')) return { ...tag, test: /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)$/ }
  if (test.test('.nan')) return { ...tag, resolve: refuseNumber }
  if (!test.test('e1')) return tag
  return {
    ...tag,
    test: /^[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)[eE][-+]?[0-9]+$/,
    resolve: (text: string) => {
      const value = Number.parseFloat(text.replaceAll('_', ''))
      return Number.isFinite(value) ? value : text
    },
  }
}

function refuseNumber(text: string, onError: (message: string) => void): string {
  onError(`${text} is a number that JSON does not have; put it in quotes if it is a text`)
  return text
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/**
 * Reads each document as kubectl does: the booleans of YAML 1.1 (`yes`, `off`), octal numbers and merge keys
 * count, times stay text, and a repeated key is an error. JSON is YAML, too.
 */
export function parseYamlDocuments(text: string): readonly YamlDocument[] {
  const lineCounter = new LineCounter()
  const documents = parseAllDocuments(text, { ...readAsKubectl, lineCounter })
  if (!Array.isArray(documents)) return []
  return documents.map((document) => decodeDocument(document, lineCounter))
}

/** Reads a text of one document; throws a YamlSyntaxError. */
export function parseYaml(text: string): unknown {
  const documents = parseYamlDocuments(text)
  const [document] = documents
  const [error] = documents.flatMap(({ errors }) => errors)
  if (error !== undefined) throw new YamlSyntaxError(error)
  if (documents.length > 1)
    throw new YamlSyntaxError('expected one YAML document and found several')
  return document?.value ?? null
}

/** A value, and the paths of the keys that its text names more than once; the last one counts. */
export interface RepeatingYaml {
  readonly value: unknown
  /** Such as `spec.replicas`. */
  readonly repeatedKeys: readonly string[]
}

/**
 * Reads one document in which keys may repeat. Throws a YamlSyntaxError, also for a text that nests deeper than
 * `maxDepth` and would exhaust the stack of whoever walks it.
 */
export function parseRepeatingYaml(text: string, maxDepth: number): RepeatingYaml {
  const document = parseDocument(text, { ...readAsKubectl, uniqueKeys: false })
  const [error] = document.errors
  if (error !== undefined) throw new YamlSyntaxError(error.message)
  const repeatedKeys = findRepeatedKeys(document, maxDepth)
  try {
    return { value: document.toJS({ maxAliasCount }) as unknown, repeatedKeys }
  } catch (failure) {
    throw new YamlSyntaxError(messageOf(failure))
  }
}

/** Writes a value as YAML in the layout that kubectl has: lists are not indented. */
export function stringifyYaml(value: unknown): string {
  return stringify(value, {
    version: '1.1',
    lineWidth: 0,
    indentSeq: false,
    aliasDuplicateObjects: false,
  })
}

function decodeDocument(document: Document.Parsed, lineCounter: LineCounter): YamlDocument {
  const { line } = lineCounter.linePos(document.contents?.range?.[0] ?? document.range[0])
  const errors = document.errors.map((error) => {
    const position = lineCounter.linePos(error.pos[0])
    return `line ${position.line}: ${error.message}`
  })
  if (errors.length > 0) return { value: undefined, line, errors }
  try {
    return { value: document.toJS({ maxAliasCount }), line, errors: [] }
  } catch (error) {
    const message = messageOf(error)
    return { value: undefined, line, errors: [`line ${line}: ${message}`] }
  }
}

function findRepeatedKeys(document: Document.Parsed, maxDepth: number): readonly string[] {
  const repeated: string[] = []
  visit(document, {
    Collection: (_key, node, ancestors) => {
      if (ancestors.filter((ancestor) => !isPair(ancestor)).length > maxDepth) {
        throw new YamlSyntaxError(`it nests deeper than ${maxDepth} levels`)
      }
      if (!isMap(node)) return
      const seen = new Set<string>()
      for (const { key } of node.items) {
        const name = String(isScalar(key) ? key.value : key)
        if (seen.has(name)) repeated.push(pathOf([...ancestors, node], name))
        seen.add(name)
      }
    },
  })
  return repeated
}

function pathOf(ancestors: readonly unknown[], name: string): string {
  let path = ''
  for (const [index, ancestor] of ancestors.entries()) {
    const child = ancestors[index + 1]
    if (isPair(ancestor)) path += `.${String(ancestor.key)}`
    if (isSeq(ancestor)) path += `[${ancestor.items.indexOf(child)}]`
  }
  return `${path}.${name}`.slice(1)
}

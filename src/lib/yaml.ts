import { type Document, LineCounter, parseAllDocuments, stringify } from 'yaml'

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

/** Types of YAML 1.1 that kubectl's reader leaves as plain text. */
const plainTextTags = new Set(['timestamp', 'binary', 'omap', 'pairs', 'set'])

/**
 * Reads each document as kubectl does: the booleans of YAML 1.1 (`yes`, `off`), octal numbers and merge keys
 * count, times stay text, and a repeated key is an error. JSON is YAML, too.
 */
export function parseYamlDocuments(text: string): readonly YamlDocument[] {
  const lineCounter = new LineCounter()
  const documents = parseAllDocuments(text, {
    lineCounter,
    version: '1.1',
    merge: true,
    prettyErrors: false,
    customTags: (tags) =>
      tags.filter((tag) => {
        if (typeof tag === 'string') return !plainTextTags.has(tag)
        const isSexagesimal = 'format' in tag && tag.format === 'TIME'
        return !isSexagesimal && !plainTextTags.has(tag.tag.slice(tag.tag.lastIndexOf(':') + 1))
      }),
  })
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

export function stringifyYaml(value: unknown): string {
  return stringify(value, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false })
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
    const message = error instanceof Error ? error.message : String(error)
    return { value: undefined, line, errors: [`line ${line}: ${message}`] }
  }
}

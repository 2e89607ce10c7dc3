import { isJsonObject, type JsonObject } from '../provider.ts'

/** Deeper schemas are answered with null: one that names itself has no end. */
const mostDepth = 8
const mostProperties = 64

/** Arguments that fit a JSON Schema, its texts taken from the prompt. */
export function argumentsFor(schema: JsonObject, prompt: string): Record<string, unknown> {
  const value = valueFor(schema, { name: '', words: wordsFor(prompt), depth: 0 })
  return isJsonObject(value) ? { ...value } : {}
}

interface Place {
  readonly name: string
  readonly words: readonly string[]
  readonly depth: number
}

function valueFor(schema: unknown, place: Place): unknown {
  if (!isJsonObject(schema) || place.depth > mostDepth) return null
  if ('const' in schema) return schema['const']
  const choices = schema['enum']
  if (Array.isArray(choices)) return choices[0] ?? null
  const alternative = [schema['anyOf'] ?? schema['oneOf'] ?? []].flat()[0]
  if (alternative !== undefined) return valueFor(alternative, place)
  const depth = place.depth + 1
  switch (typeOf(schema)) {
    case 'object':
      return objectFor(schema, { ...place, depth })
    case 'array':
      return [valueFor(schema['items'] ?? { type: 'string' }, { ...place, depth })]
    case 'integer':
    case 'number':
      return numberFor(schema)
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return place.words[0] ?? place.name
  }
}

/** Gemini writes the names of types in upper case. */
function typeOf(schema: JsonObject): string {
  const type: unknown = [schema['type'] ?? []].flat()[0]
  if (typeof type === 'string') return type.toLowerCase()
  return isJsonObject(schema['properties']) ? 'object' : 'string'
}

/** Required properties only, as a model that has no reason to fill in the others; all, when none is required. */
function objectFor(schema: JsonObject, place: Place): Record<string, unknown> {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {}
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : []
  const names = (required.length > 0 ? required : Object.keys(properties)).slice(0, mostProperties)
  return Object.fromEntries(
    names.map((name, index) => {
      const words = place.words.slice(index % Math.max(1, place.words.length))
      return [name, valueFor(properties[name] ?? {}, { ...place, name, words })]
    }),
  )
}

function numberFor(schema: JsonObject): number {
  const least = schema['minimum']
  return typeof least === 'number' ? least : 1
}

/** Names of things stand at the end of a question and begin with a capital. */
function wordsFor(prompt: string): string[] {
  const words = prompt.slice(-2000).match(/\p{L}[\p{L}\p{N}-]{2,63}/gu) ?? []
  const names = words.slice(1).filter((word) => /^\p{Lu}/u.test(word))
  return [...new Set([...names.reverse(), ...words.reverse()])].slice(0, 32)
}

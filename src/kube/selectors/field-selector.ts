import type { KubeObject } from '../kube-object.ts'
import { SelectorSyntaxError } from './label-selector.ts'

/** A field selector, read. */
export interface FieldSelector {
  readonly requirements: readonly FieldRequirement[]
  matches(object: KubeObject): boolean
}

export interface FieldRequirement {
  readonly path: string
  readonly value: string
  readonly negated: boolean
}

const alwaysSelectable = ['metadata.name', 'metadata.namespace']

/** Reads `metadata.name=a,type!=Opaque`; only the named paths and those of the metadata may stand in it. */
export function parseFieldSelector(text: string, selectable: readonly string[]): FieldSelector {
  const requirements = splitUnescaped(text)
    .filter((term) => term !== '')
    .map(parseRequirement)
  for (const { path } of requirements) {
    if (alwaysSelectable.includes(path) || selectable.includes(path)) continue
    const known = [...alwaysSelectable, ...selectable].join(', ')
    throw new SelectorSyntaxError(`field label not supported: ${path} (supported: ${known})`)
  }
  return {
    requirements,
    matches: (object) =>
      requirements.every(
        ({ path, value, negated }) => (readPath(object, path) === value) !== negated,
      ),
  }
}

function parseRequirement(term: string): FieldRequirement {
  const match = /^([^=!]+)(==|!=|=)((?:[^=\\]|\\[\\,=])*)$/.exec(term)
  if (match === null) {
    throw new SelectorSyntaxError(
      `invalid selector: '${term}'; can't understand '${term}': expected path=value, path==value or path!=value`,
    )
  }
  const [, path = '', operator, value = ''] = match
  return {
    path: path.trim(),
    value: value.replaceAll(/\\([\\,=])/g, '$1'),
    negated: operator === '!=',
  }
}

/** At commas that no backslash stands before. */
function splitUnescaped(text: string): string[] {
  return text.match(/(?:\\.|[^,\\]|\\$)+/g) ?? []
}

function readPath(object: unknown, path: string): string {
  let value: unknown = object
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return ''
    value = Reflect.get(value, name)
  }
  return value === undefined || value === null ? '' : String(value)
}

import { isDeepStrictEqual } from 'node:util'
import type { KubeObject } from '../kube-object.ts'
import type { FieldVerdict, StructuralSchema } from '../structural-schema.ts'
import { formatFieldPath } from './field-path.ts'
import { isJsonObject } from './json-object.ts'
import { childNodeOf, rootNodeOf, type SchemaNode } from './schema-node.ts'

/** A field of an object, and what Sluice does with it. */
export interface VerdictFinding {
  readonly path: string
  readonly verdict: FieldVerdict
}

/** A place in an object with validation rules that are not evaluated. */
export interface RuleFinding {
  readonly path: string
  readonly rules: readonly string[]
}

/** The object's fields that are ignored or approximated. What lies below an ignored field is not listed. */
export function findVerdicts(schema: StructuralSchema, object: KubeObject): VerdictFinding[] {
  const found: VerdictFinding[] = []
  walk(rootNodeOf(schema), object, {
    path: [],
    applies: (node) => node.hasVerdicts,
    visit: (node, path, value) => {
      const verdict = node.schema['x-sluice-verdict']
      if (verdict?.type !== 'ignored' && verdict?.type !== 'approximated') return true
      if (verdict.type === 'approximated' && isAmong(verdict.quiet, value)) return true
      found.push({ path: formatFieldPath(path), verdict })
      return verdict.type !== 'ignored'
    },
  })
  return found
}

/** Every field of the object that has a verdict, in the object's order. What lies below an ignored field is not listed. */
export function findAllVerdicts(schema: StructuralSchema, object: KubeObject): VerdictFinding[] {
  const found: VerdictFinding[] = []
  walk(rootNodeOf(schema), object, {
    path: [],
    applies: () => true,
    visit: (node, path) => {
      const verdict = node.schema['x-sluice-verdict']
      if (verdict !== undefined) found.push({ path: formatFieldPath(path), verdict })
      return verdict?.type !== 'ignored'
    },
  })
  return found
}

/** Where the object meets `x-kubernetes-validations`, which Sluice does not evaluate; the root's path is empty. */
export function findRules(schema: StructuralSchema, object: KubeObject): RuleFinding[] {
  const found: RuleFinding[] = []
  walk(rootNodeOf(schema), object, {
    path: [],
    applies: (node) => node.hasRules,
    visit: (node, path) => {
      const rules = node.schema['x-kubernetes-validations'] ?? []
      if (rules.length > 0) {
        found.push({
          path: formatFieldPath(path),
          rules: rules.map((rule) => String(rule['rule'])),
        })
      }
      return true
    },
  })
  return found
}

interface Walk {
  readonly path: (string | number)[]
  /** Whether anything at or below the node is of interest. */
  readonly applies: (node: SchemaNode) => boolean
  /** Called for each value; answers whether to look below it. */
  readonly visit: (node: SchemaNode, path: readonly (string | number)[], value: unknown) => boolean
}

const isAmong = (values: readonly unknown[] = [], value: unknown) =>
  values.some((each) => isDeepStrictEqual(each, value))

function walk(node: SchemaNode, value: unknown, walked: Walk): void {
  if (!walked.applies(node) || !walked.visit(node, walked.path, value)) return
  const { path } = walked
  const depth = path.length
  if (Array.isArray(value)) {
    const { items } = node
    if (items === undefined || !walked.applies(items)) return
    for (let index = 0; index < value.length; index += 1) {
      path[depth] = index
      walk(items, value[index], walked)
    }
  } else if (isJsonObject(value)) {
    for (const name in value) {
      const child = childNodeOf(node, name)
      if (child === undefined) continue
      path[depth] = name
      walk(child, value[name], walked)
    }
  }
  path.length = depth
}

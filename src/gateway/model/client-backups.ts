import { clientModelsIn } from '../../llm/client-models.ts'

/** Of one request, from which one may be chosen. */
const mostClientModels = 32

/** Some servers take models from their client, to ask one after the other; undefined: more than anybody means. */
export function clientBackupsOf(json: Record<string, unknown>): readonly (string | undefined)[] {
  const values = clientModelsIn(json)
  if (values.length === 0) return []
  const names: string[] = []
  for (const name of stringsIn(values)) {
    // Nobody means so many, and looking each of them up takes its time.
    if (names.push(name) > mostClientModels) return [undefined]
  }
  return names
}

function* stringsIn(value: unknown): Generator<string, undefined> {
  if (typeof value === 'string') yield value
  if (typeof value !== 'object' || value === null) return
  for (const inner of Object.values(value)) yield* stringsIn(inner)
}

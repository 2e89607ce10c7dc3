import type {
  HeaderAddition,
  HeaderChanges,
  HeaderMutation,
} from '../../../../../ir/policies/header-mutation.ts'
import type { RouteFilter } from '../../../kinds/fields/filters.ts'
import { idOf, originOf, type RuleDraft, type RulePlace } from '../rule-draft.ts'

type HeaderModifier = NonNullable<RouteFilter['requestHeaderModifier']>

/** The gateway frames messages itself; a filter that changed these could smuggle requests. */
const reserved = new Set([
  ...['host', 'content-length', 'transfer-encoding', 'connection', 'upgrade'],
  ...['keep-alive', 'proxy-connection', 'te', 'trailer', 'expect'],
])

const noChanges: HeaderChanges = { remove: [], add: [] }

/** A percent sign begins an operator in header templates; here values are plain text. */
const literal = (value: string) =>
  ({ type: 'template', template: value.replaceAll('%', '%%') }) as const

function changesOf({ set = [], add = [], remove = [] }: HeaderModifier): HeaderChanges {
  const additions = (list: typeof set, append: boolean): HeaderAddition[] =>
    list.map(({ name, value }) => ({ name: name.toLowerCase(), value: literal(value), append }))
  return {
    remove: remove.map((name) => name.toLowerCase()),
    add: [...additions(set, false), ...additions(add, true)],
  }
}

function findReserved({ remove, add }: HeaderChanges): string | undefined {
  const names = [...remove, ...add.map(({ name }) => name)]
  return names.find((name) => reserved.has(name) || name.startsWith(':') || name === '')
}

/** The header filters of a list as one policy; undefined: there are none. */
export function translateHeaderFilters(
  draft: RuleDraft,
  filters: readonly RouteFilter[],
  place: RulePlace,
  level: HeaderMutation['level'],
): HeaderMutation | undefined {
  const find = (field: 'requestHeaderModifier' | 'responseHeaderModifier') => {
    const modifier = filters.map((filter) => filter[field]).find((each) => each !== undefined)
    return modifier === undefined ? noChanges : changesOf(modifier)
  }
  const request = find('requestHeaderModifier')
  const response = find('responseHeaderModifier')
  const name = findReserved(request) ?? findReserved(response)
  if (name !== undefined) {
    const message = `${place.fieldPath} changes the header "${name}", which is the gateway's own. Remove it from the filter; use URLRewrite for the host.`
    draft.refuse({ reason: 'UnsupportedValue', message })
    return undefined
  }
  const isEmpty = [request, response].every(({ remove, add }) => remove.length + add.length === 0)
  if (isEmpty) return undefined
  const id = `header-mutation/${level}/${idOf(place)}`
  return { type: 'header-mutation', id, origin: originOf(place), level, request, response }
}

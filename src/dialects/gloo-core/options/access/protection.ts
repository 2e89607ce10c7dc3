import type { Origin } from '../../../../ir/origin.ts'
import { specOf } from '../../../shared/spec-of.ts'
import type { RouteOptions } from '../../kinds/options/route-options.ts'
import type { VirtualHostOptions } from '../../kinds/options/virtual-host-options.ts'
import { type OptionSet, originOfOption } from '../option-set.ts'
import type { Scope } from '../source.ts'

interface SettingsSpec {
  readonly rbac?: { readonly requireRbac?: boolean }
}

const settingsKind = { group: 'gloo.solo.io', kind: 'Settings' } as const

type Options = Pick<RouteOptions & VirtualHostOptions, 'extauth' | 'rbac' | 'waf'>

/** Whether one level of the configuration asks for a protection that Sluice does not have, or turns it off. */
export interface Protection {
  readonly kind: 'extauth' | 'rbac' | 'waf'
  readonly wanted: boolean
  /** The field that says so. */
  readonly origin: Origin
  /** What to do for being served without it. */
  readonly remedy: string
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/** Everything that is not clearly turned off is asked for. */
const isWanted = (value: unknown, name: string) => !(isObject(value) && value[name] === true)

function protectionOf(
  kind: Protection['kind'],
  value: unknown,
  origin: Origin,
  name: 'disable' | 'disabled' = 'disable',
): readonly Protection[] {
  if (value === undefined) return []
  const remedy = `remove the field or set ${name}: true in it`
  return [{ kind, wanted: isWanted(value, name), origin, remedy }]
}

/** What the options of one level, which stand at `fallback`, say of protections. */
export function protectionsOf(
  options: OptionSet<Options>,
  fallback: Origin,
): readonly Protection[] {
  const { extauth, rbac, waf } = options.values
  const place = (field: string) => originOfOption(options, field, fallback)
  return [
    ...protectionOf('extauth', extauth, place('extauth')),
    // Supported, so that nothing is missing; but it answers what settings demand.
    ...protectionOf('rbac', rbac && { disable: true }, place('rbac')),
    ...protectionOf('waf', waf, place('waf'), 'disabled'),
  ]
}

/** The `waf` of a Gateway, which covers everything below it. */
export const firewallOf = (waf: unknown, origin: Origin): readonly Protection[] =>
  protectionOf('waf', waf, origin, 'disabled')

/** Settings that demand `rbac` of every virtual host. */
function requiredRbacOf(scope: Scope): readonly Protection[] {
  const name = scope.read('Settings that require RBAC', ({ objects }) => {
    const demanding = objects
      .list(settingsKind)
      .find((object) => specOf<SettingsSpec>(object).rbac?.requireRbac === true)
    return demanding && `${demanding.metadata.namespace ?? ''}/${demanding.metadata.name}`
  })
  if (name === undefined) return []
  const [namespace = '', object = ''] = name.split('/')
  const fieldPath = 'spec.rbac.requireRbac'
  const origin: Origin = { kind: 'Settings', namespace, name: object, fieldPath }
  const remedy = 'set it to false, or rbac.disable: true on the virtual host or the route'
  return [{ kind: 'rbac', wanted: true, origin, remedy }]
}

/** What a virtual host says of protections: its options, and settings where these say nothing. */
export function virtualHostProtectionsOf(
  scope: Scope,
  options: OptionSet<Options>,
  fallback: Origin,
): readonly Protection[] {
  const own = protectionsOf(options, fallback)
  const saysRbac = own.some(({ kind }) => kind === 'rbac')
  return saysRbac ? own : [...own, ...requiredRbacOf(scope)]
}

/** The protections that a route lacks: of each kind the most specific level decides, and its fields all count. */
export function findMissingProtections(
  mostSpecificFirst: readonly (readonly Protection[])[],
): readonly Protection[] {
  const decided = new Set<Protection['kind']>()
  const missing: Protection[] = []
  for (const level of mostSpecificFirst) {
    missing.push(...level.filter(({ kind, wanted }) => wanted && !decided.has(kind)))
    for (const { kind } of level) decided.add(kind)
  }
  return missing
}

/** Says what is missing, where it is asked for, and what to do. */
export const adviceOf = ({ origin, remedy }: Protection) =>
  `${origin.fieldPath} (${origin.kind} ${origin.namespace}/${origin.name}) asks for a protection that is not supported yet, and nothing is served without it. To go without, ${remedy}.`

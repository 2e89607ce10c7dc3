import type { Origin } from '../origin.ts'
import type { SecretReference } from '../secret-reference.ts'

/** Changes to headers of one level (route, virtual host, destination). Removals come before additions. */
export interface HeaderMutation {
  readonly type: 'header-mutation'
  readonly id: string
  readonly origin: Origin
  /** Which level wrote it: the order of application depends on it. */
  readonly level: 'destination' | 'route' | 'virtual-host'
  readonly request: HeaderChanges
  readonly response: HeaderChanges
}

export interface HeaderChanges {
  /** Lower-case. */
  readonly remove: readonly string[]
  readonly add: readonly HeaderAddition[]
}

export interface HeaderAddition {
  /** Lower-case. */
  readonly name: string
  /** A template with Envoy's `%OPERATOR%` substitutions, or a secret taken literally. */
  readonly value:
    | { readonly type: 'template'; readonly template: string }
    | { readonly type: 'secret'; readonly secret: SecretReference }
  /** True: next to existing values; false: instead of them. */
  readonly append: boolean
}

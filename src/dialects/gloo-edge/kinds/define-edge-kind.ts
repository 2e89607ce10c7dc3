import type { KindDefinition } from '../../../kube/kind-definition.ts'
import { defineGlooKind, type GlooKind } from '../../gloo-core/kinds/define-kind.ts'
import { optionsGroup } from '../../gloo-core/options-group.ts'

/** A kind of `gateway.solo.io/v1`. */
export const defineEdgeKind = (kind: Omit<GlooKind, 'group'>): KindDefinition =>
  defineGlooKind({ ...kind, group: optionsGroup })

import type { KindDefinition } from '../../../kube/kind-definition.ts'
import { defineGlooKind, type GlooKind } from '../../gloo-core/kinds/define-kind.ts'
import { optionsGroup } from '../../gloo-core/options/source.ts'
import { statusSchema } from './fields/status.ts'

/** A kind of `gateway.solo.io/v1` whose status is described. */
export const defineEdgeKind = (kind: Omit<GlooKind, 'group' | 'status'>): KindDefinition =>
  defineGlooKind({ ...kind, group: optionsGroup, status: statusSchema })

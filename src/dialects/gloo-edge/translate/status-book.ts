import type { KubeObject } from '../../../kube/kube-object.ts'
import type { ObjectStatus } from '../../dialect.ts'
import {
  createGlooStatus,
  createObjectStatus,
  type GlooStatus,
  proxySubresource,
} from '../../gloo-core/status/report.ts'
import type { Problem } from './problem.ts'

const keyOf = ({
  kind,
  namespace = '',
  name,
}: {
  kind: string
  namespace?: string
  name: string
}) => `${kind}/${namespace}/${name}`

/** More would make the status too large to store and to read. */
const maxTexts = 50

function shorten(texts: readonly string[]): readonly string[] {
  const more = texts.length - maxTexts
  return more <= 0 ? texts : [...texts.slice(0, maxTexts), `and ${more} more`]
}

/** Collects what is to be said of objects and writes it in Gloo's form. */
export class StatusBook {
  readonly #problems = new Map<string, Problem[]>()
  readonly #proxies = new Map<string, Set<string>>()

  add(problems: readonly Problem[]): void {
    for (const problem of problems) {
      const key = keyOf(problem.owner)
      const known = this.#problems.get(key)
      if (known === undefined) this.#problems.set(key, [problem])
      else known.push(problem)
    }
  }

  /** The object is part of what a proxy serves. */
  addProxies(object: KubeObject, proxyNames: readonly string[]): void {
    const key = keyOf({ kind: object.kind, ...object.metadata })
    this.#proxies.set(key, new Set([...(this.#proxies.get(key) ?? []), ...proxyNames]))
  }

  /** The status of an object; the same thing is said once. */
  statusOf(object: KubeObject): ObjectStatus {
    const key = keyOf({ kind: object.kind, ...object.metadata })
    const problems = this.#problems.get(key) ?? []
    const texts = (severity: Problem['severity']) =>
      shorten([
        ...new Set(problems.filter((each) => each.severity === severity).map(({ text }) => text)),
      ])
    const report = { errors: texts('error'), warnings: texts('warning') }
    const proxies = [...(this.#proxies.get(key) ?? [])].sort()
    const accepted: GlooStatus = { state: 'Accepted', reportedBy: 'gloo' }
    const subresources =
      proxies.length === 0
        ? undefined
        : Object.fromEntries(proxies.map((name) => [proxySubresource(name), accepted]))
    return createObjectStatus(object, createGlooStatus(report, subresources))
  }
}

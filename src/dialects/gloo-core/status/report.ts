import type { KubeObject } from '../../../kube/kube-object.ts'
import { objectReferenceOf } from '../../../kube/object-key.ts'
import type { ObjectStatus } from '../../dialect.ts'

/** The namespace of Gloo's controller, under whose name its statuses stand. */
export const controllerNamespace = 'gloo-system'

/** What was found wrong with one object. */
export interface GlooReport {
  readonly errors: readonly string[]
  readonly warnings: readonly string[]
}

/** A status as Gloo's controllers write it. */
export interface GlooStatus {
  readonly state: 'Pending' | 'Accepted' | 'Rejected' | 'Warning'
  readonly reason?: string
  readonly reportedBy: 'gloo'
  readonly subresourceStatuses?: Readonly<Record<string, GlooStatus>>
}

/** Errors make Rejected, warnings alone make Warning; the reason holds all of them in Gloo's form. */
export function createGlooStatus(
  report: GlooReport,
  subresourceStatuses?: Readonly<Record<string, GlooStatus>>,
): GlooStatus {
  const errors = report.errors.length > 0 ? formatErrors(report.errors) : ''
  const warnings = report.warnings.length > 0 ? `warning: \n  ${report.warnings.join('\n')}` : ''
  const state = errors !== '' ? 'Rejected' : warnings !== '' ? 'Warning' : 'Accepted'
  const reason = [errors, warnings].filter((part) => part !== '').join('\n')
  return {
    state,
    reportedBy: 'gloo',
    ...(reason === '' ? {} : { reason }),
    ...(subresourceStatuses === undefined ? {} : { subresourceStatuses }),
  }
}

/** The list form of github.com/hashicorp/go-multierror, which Gloo's reasons have. */
export function formatErrors(errors: readonly string[]): string {
  const head = errors.length === 1 ? '1 error occurred:' : `${errors.length} errors occurred:`
  return `${head}\n${errors.map((error) => `\t* ${error}\n`).join('')}\n`
}

/** The whole `status` of an object of a Gloo kind. */
export function createObjectStatus(object: KubeObject, status: GlooStatus): ObjectStatus {
  return {
    object: objectReferenceOf(object),
    status: { statuses: { [controllerNamespace]: status } },
  }
}

/** The key of `subresourceStatuses` under which the status of a generated Proxy stands. */
export const proxySubresource = (proxyName: string) =>
  `*v1.Proxy.${proxyName}_${controllerNamespace}`

import { list, text } from '../../../field.ts'

const dnsLabel = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
/** A DNS name as a regular expression. */
export const dnsName = `${dnsLabel}(\\.${dnsLabel})*`

/** The name of a label without what stands before its slash. */
export const qualifiedName = '([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]'

/** Lists that are replaced as a whole. */
export const atomic = { 'x-kubernetes-list-type': 'atomic' } as const

/** Lists without repetitions. */
export const distinct = { 'x-kubernetes-list-type': 'set' } as const

/** Lists whose entries are told apart by one field. */
export const keyedBy = (key: string) =>
  ({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': [key] }) as const

/** An API group; empty for the core group. */
export const group = (fallback?: string) =>
  text('API group.', {
    pattern: `^$|^${dnsName}$`,
    maxLength: 253,
    ...(fallback === undefined ? {} : { default: fallback }),
  })

export const kindName = (fallback?: string) =>
  text('Kind.', {
    pattern: '^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$',
    minLength: 1,
    maxLength: 63,
    ...(fallback === undefined ? {} : { default: fallback }),
  })

export const objectName = () => text('Name.', { minLength: 1, maxLength: 253 })

export const namespaceName = (description: string) =>
  text(description, { pattern: `^${dnsLabel}$`, minLength: 1, maxLength: 63 })

export const sectionName = (description: string) =>
  text(description, { pattern: `^${dnsName}$`, minLength: 1, maxLength: 253 })

/** A host name; `wildcard` allows `*.` before it. */
export const hostname = (description: string, wildcard: 'wildcard' | 'exact') =>
  text(description, {
    pattern: wildcard === 'wildcard' ? `^(\\*\\.)?${dnsName}$` : `^${dnsName}$`,
    minLength: 1,
    maxLength: 253,
  })

export const controllerNameField = () =>
  text('Controller, as domain and path.', {
    pattern: `^${dnsName}\\/[A-Za-z0-9\\/\\-._~%!$&'()*+,;=:]+$`,
    minLength: 1,
    maxLength: 253,
  })

/** A duration as GEP-2257 writes it: up to four parts such as `1h30m`. */
export const gatewayDuration = (description: string) =>
  text(description, { pattern: '^([0-9]{1,5}(h|m|s|ms)){1,4}$' })

export const httpName = (description: string) =>
  text(description, {
    pattern: "^[A-Za-z0-9!#$%&'*+\\-.^_\\x60|~]+$",
    minLength: 1,
    maxLength: 256,
  })

export const headerValue = (description: string) =>
  text(description, { pattern: '^[!-~]+([\\t ]?[!-~]+)*$', minLength: 1, maxLength: 4096 })

export const headerNames = (description: string) =>
  list(description, httpName('A header name.'), { maxItems: 64, ...distinct })

import type { PathModifier, RouteFilter } from '../fields/filters.ts'
import type { BackendReference } from '../fields/references.ts'
import { type Checks, listOf } from './checks.ts'

const fieldByType = {
  RequestHeaderModifier: 'requestHeaderModifier',
  ResponseHeaderModifier: 'responseHeaderModifier',
  RequestMirror: 'requestMirror',
  RequestRedirect: 'requestRedirect',
  URLRewrite: 'urlRewrite',
  ExtensionRef: 'extensionRef',
  CORS: 'cors',
  ExternalAuth: 'externalAuth',
} as const

const onlyOnce = [
  ...(['CORS', 'RequestHeaderModifier', 'ResponseHeaderModifier'] as const),
  ...(['RequestRedirect', 'URLRewrite'] as const),
]

/** The rules of a list of filters at `field`. */
export function checkFilters(checks: Checks, filters: readonly RouteFilter[], field: string): void {
  const types = filters.map(({ type }) => type)
  checks.expect(
    !(types.includes('RequestRedirect') && types.includes('URLRewrite')),
    field,
    'May specify either httpRouteFilterRequestRedirect or httpRouteFilterRequestRewrite, but not both',
    'array',
  )
  for (const type of onlyOnce) {
    const isRepeated = types.filter((each) => each === type).length > 1
    checks.expect(!isRepeated, field, `${type} filter cannot be repeated`, 'array')
  }
  filters.forEach((filter, index) => {
    checkFilter(checks, filter, `${field}[${index}]`)
  })
}

function checkFilter(checks: Checks, filter: RouteFilter, field: string): void {
  for (const [type, name] of Object.entries(fieldByType)) {
    const isSet = filter[name] !== undefined
    const isNamed = filter.type === type
    checks.expect(
      !isSet || isNamed,
      field,
      `filter.${name} must be nil if the filter.type is not ${type}`,
    )
    checks.expect(
      isSet || !isNamed,
      field,
      `filter.${name} must be specified for ${type} filter.type`,
    )
  }
  checkPathModifier(checks, filter.requestRedirect?.path, `${field}.requestRedirect.path`)
  checkPathModifier(checks, filter.urlRewrite?.path, `${field}.urlRewrite.path`)
  checkMirror(checks, filter, `${field}.requestMirror`)
  checkCors(checks, filter, `${field}.cors`)
}

function checkPathModifier(checks: Checks, path: PathModifier | undefined, field: string): void {
  if (path === undefined) return
  const fields = {
    ReplaceFullPath: 'replaceFullPath',
    ReplacePrefixMatch: 'replacePrefixMatch',
  } as const
  for (const [type, name] of Object.entries(fields)) {
    const isSet = path[name] !== undefined
    const isNamed = path.type === type
    checks.expect(
      isSet || !isNamed,
      field,
      `${name} must be specified when type is set to '${type}'`,
    )
    checks.expect(!isSet || isNamed, field, `type must be '${type}' when ${name} is set`)
  }
}

function checkMirror(checks: Checks, { requestMirror }: RouteFilter, field: string): void {
  if (requestMirror === undefined) return
  const { percent, fraction, backendRef } = requestMirror
  checks.expect(
    percent === undefined || fraction === undefined,
    field,
    'Only one of percent or fraction may be specified in HTTPRequestMirrorFilter',
  )
  checks.expect(
    fraction === undefined || fraction.numerator <= (fraction.denominator ?? 100),
    `${field}.fraction`,
    'numerator must be less than or equal to denominator',
  )
  if (backendRef !== undefined) checkBackendPort(checks, backendRef, `${field}.backendRef`)
}

function checkCors(checks: Checks, { cors }: RouteFilter, field: string): void {
  const lists = {
    allowOrigins: ['AllowOrigins', 'origins'],
    allowMethods: ['AllowMethods', 'methods'],
    allowHeaders: ['AllowHeaders', 'headers'],
  } as const
  for (const [name, [label, others]] of Object.entries(lists)) {
    const values: readonly string[] = cors?.[name as keyof typeof lists] ?? []
    checks.expect(
      !(values.includes('*') && values.length > 1),
      `${field}.${name}`,
      `${label} cannot contain '*' alongside other ${others}`,
      'array',
    )
  }
}

/** A Service is named with its port. */
export function checkBackendPort(
  checks: Checks,
  { group = '', kind = 'Service', port }: BackendReference,
  field: string,
): void {
  const isService = group === '' && kind === 'Service'
  checks.expect(!isService || port !== undefined, field, 'Must have port for Service reference')
}

/** Whether one of the filters replaces the matched prefix. */
export const replacesPrefix = (
  filters: readonly RouteFilter[] | undefined,
  field: 'requestRedirect' | 'urlRewrite',
) => listOf(filters).some((filter) => filter[field]?.path?.replacePrefixMatch !== undefined)

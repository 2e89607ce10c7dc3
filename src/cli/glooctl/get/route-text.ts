import { fieldAt, listAt, referenceText, textAt } from '../fields.ts'

/** Routes as `name: /matcher -> destination`, one line each. */
export function routeLines(routes: readonly unknown[]): string[] {
  return routes.map((route) => {
    const name = textAt(route, 'name')
    const matchers = listAt(route, 'matchers').map(matcherText).join(', ')
    return `${name === '' ? '' : `${name}: `}${matchers} -> ${destinationText(route)}`
  })
}

const matcherText = (matcher: unknown) =>
  textAt(matcher, 'exact') || textAt(matcher, 'prefix') || textAt(matcher, 'regex')

function destinationText(route: unknown): string {
  const action = fieldAt(route, 'routeAction')
  if (action !== undefined) return routeActionText(action)
  if (fieldAt(route, 'directResponseAction') !== undefined) {
    return textAt(route, 'directResponseAction', 'status') || '0'
  }
  if (fieldAt(route, 'redirectAction') !== undefined) {
    return textAt(route, 'redirectAction', 'hostRedirect')
  }
  return delegateText(route)
}

function routeActionText(action: unknown): string {
  const upstream = fieldAt(action, 'single', 'upstream')
  if (upstream !== undefined) return `${referenceText(upstream)} (upstream)`
  const service = fieldAt(action, 'single', 'kube', 'ref')
  if (service !== undefined) return `${referenceText(service)} (service)`
  if (fieldAt(action, 'multi') !== undefined) {
    return `${listAt(action, 'multi', 'destinations').length} destinations`
  }
  const group = fieldAt(action, 'upstreamGroup')
  if (group === undefined) return ''
  return `upstream group: ${textAt(group, 'name')}.${textAt(group, 'namespace')}`
}

/** `delegateAction` names its table in `ref`, or in itself in manifests of older releases. */
function delegateText(route: unknown): string {
  const delegate = fieldAt(route, 'delegateAction')
  const reference = fieldAt(delegate, 'ref') ?? delegate
  return textAt(reference, 'name') === '' ? '' : `${referenceText(reference)} (route table)`
}

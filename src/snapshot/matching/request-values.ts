import type { RoutedRequest } from '../snapshot.ts'

/**
 * The value of a header for matching: several lines of one name count as one, joined by a comma as Envoy
 * does. Pseudo headers stand for the parts of the request line.
 */
export function headerValueOf(request: RoutedRequest, name: string): string | undefined {
  if (name.charCodeAt(0) === 58) return pseudoHeaderOf(request, name)
  const { flat } = request.headers
  let value: string | undefined
  for (let index = 0; index < flat.length; index += 2) {
    if (flat[index] !== name) continue
    value = value === undefined ? flat[index + 1] : `${value},${flat[index + 1]}`
  }
  return value
}

function pseudoHeaderOf(request: RoutedRequest, name: string): string | undefined {
  switch (name) {
    case ':method':
      return request.method
    case ':authority':
      return request.host
    case ':path':
      return request.path + request.query
    default:
      return undefined
  }
}

/** The first value of a query parameter as the client wrote it; Envoy compares without decoding, too. */
export function queryValueOf(request: RoutedRequest, name: string): string | undefined {
  const { query } = request
  let start = 1
  while (start < query.length) {
    const next = query.indexOf('&', start)
    const end = next === -1 ? query.length : next
    if (query.startsWith(name, start)) {
      const after = start + name.length
      if (after === end) return ''
      if (query.charCodeAt(after) === 61) return query.slice(after + 1, end)
    }
    start = end + 1
  }
  return undefined
}

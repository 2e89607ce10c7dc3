/** Where a value stands in an object: field names and list indices from the root. */
export type FieldPath = readonly (string | number)[]

/** The path as Kubernetes prints it, such as `spec.hosts[0].port`. */
export function formatFieldPath(path: FieldPath): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else text += text === '' ? part : `.${part}`
  }
  return text
}

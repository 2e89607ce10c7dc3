/** How a kind's objects may be named. Answers what is wrong, in the words of Kubernetes. */
export type NameRule = (name: string) => string[]

const labelPattern = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const subdomainPattern = `${labelPattern}(\\.${labelPattern})*`
const label1035Pattern = '[a-z]([-a-z0-9]*[a-z0-9])?'
const qualifiedNamePattern = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'

const letters = 'lower case alphanumeric characters'
const edges = 'must start and end with an alphanumeric character'

const label = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/
const label1035 = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/
const qualifiedName = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/

/** RFC 1123 subdomain: what most kinds ask for. */
export const subdomainName: NameRule = (name) => {
  const errors = tooLong(name, 253)
  if (!name.split('.').every((part) => label.test(part))) {
    const rule = `a lowercase RFC 1123 subdomain must consist of ${letters}, '-' or '.', and ${edges}`
    errors.push(`${rule} (e.g. 'example.com', regex used for validation is '${subdomainPattern}')`)
  }
  return errors
}

/** RFC 1123 label: namespaces. */
export const labelName: NameRule = (name) => {
  const errors = tooLong(name, 63)
  if (!label.test(name)) {
    const rule = `a lowercase RFC 1123 label must consist of ${letters} or '-', and ${edges}`
    errors.push(
      `${rule} (e.g. 'my-name',  or '123-abc', regex used for validation is '${labelPattern}')`,
    )
  }
  return errors
}

/** RFC 1035 label: Services. */
export const label1035Name: NameRule = (name) => {
  const errors = tooLong(name, 63)
  if (!label1035.test(name)) {
    const rule = `a DNS-1035 label must consist of ${letters} or '-', start with an alphabetic character, and end with an alphanumeric character`
    errors.push(
      `${rule} (e.g. 'my-name',  or 'abc-123', regex used for validation is '${label1035Pattern}')`,
    )
  }
  return errors
}

/** A label's key, also of annotations and finalizers: a name with an optional DNS prefix. */
export const qualifiedNameRule: NameRule = (key) => {
  const shape = `must consist of alphanumeric characters, '-', '_' or '.', and ${edges} (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${qualifiedNamePattern}')`
  const parts = key.split('/')
  if (parts.length > 2) {
    return [
      `a valid label key ${shape} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ]
  }
  const errors: string[] = []
  const [prefix, name = ''] = parts.length === 2 ? parts : [undefined, parts[0]]
  if (prefix === '') errors.push('prefix part must be non-empty')
  else if (prefix !== undefined) {
    errors.push(...subdomainName(prefix).map((error) => `prefix part ${error}`))
  }
  if (name === '') errors.push('name part must be non-empty')
  else errors.push(...tooLong(name, 63).map((error) => `name part ${error}`))
  if (!qualifiedName.test(name)) errors.push(`name part ${shape}`)
  return errors
}

/** A label's value. */
export const labelValueRule: NameRule = (value) => {
  const errors = tooLong(value, 63)
  if (value !== '' && !qualifiedName.test(value)) {
    errors.push(
      `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and ${edges} (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(${qualifiedNamePattern})?')`,
    )
  }
  return errors
}

function tooLong(value: string, max: number): string[] {
  return Buffer.byteLength(value) > max ? [`must be no more than ${max} bytes`] : []
}

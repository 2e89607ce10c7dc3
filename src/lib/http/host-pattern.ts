/**
 * Whether a host name, in lower case, has the form of a pattern, in which a label may have one `*`: it stands for one
 * or more characters of that label. Without `*` a pattern is the name itself.
 */
export function matchesHostPattern(pattern: string, host: string): boolean {
  if (!pattern.includes('*')) return pattern === host
  const labels = host.split('.')
  const parts = pattern.split('.')
  return (
    labels.length === parts.length &&
    parts.every((part, index) => matchesLabel(part, labels[index] ?? ''))
  )
}

function matchesLabel(pattern: string, label: string): boolean {
  const star = pattern.indexOf('*')
  if (star < 0) return pattern === label
  const prefix = pattern.slice(0, star)
  const suffix = pattern.slice(star + 1)
  return (
    label.length > prefix.length + suffix.length &&
    label.startsWith(prefix) &&
    label.endsWith(suffix)
  )
}

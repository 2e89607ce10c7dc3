const names =
  /^(?:key|sig|code|pass|pwd|auth|authorization|.*(?:api[-_]?key|access[-_]?key|token|secret|password|passwd|signature|credentials?|assertion))$/i

/** Whether a query parameter carries a credential; `rawName` as it stands in the URL, escapes and all. */
export function isCredentialParameter(rawName: string): boolean {
  return names.test(decode(rawName))
}

function decode(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

import { CommandError } from '../../command-error.ts'

/**
 * Splits the value of a list flag at its commas. An entry in double quotes may hold commas; a double quote in it
 * is written twice, as in CSV.
 */
export function splitList(text: string): string[] {
  if (text === '') return []
  const entries: string[] = []
  const pattern = /(?:"((?:[^"]|"")*)"|([^,]*))(,|$)/gy
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    entries.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
    if (match[3] === '') break
  }
  return entries
}

/** Reads `name=value` entries; each is split at its first `=`. */
export function parseNameValues(flag: string, entries: readonly string[]): Map<string, string> {
  const values = new Map<string, string>()
  for (const entry of entries) {
    const split = entry.indexOf('=')
    if (split < 1) throw new CommandError(missingValue(flag, entries.indexOf(entry)))
    values.set(entry.slice(0, split), entry.slice(split + 1))
  }
  return values
}

/** The entry itself is not repeated: it may be the rest of a credential. */
function missingValue(flag: string, index: number): string {
  return `entry ${index + 1} of ${flag} is no name=value. Commas separate entries; put an entry whose value has a comma in double quotes of its own: ${flag} '"Accept=text/html, text/plain"'`
}

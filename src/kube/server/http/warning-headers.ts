/** As in Kubernetes: beyond this many characters in total, long warnings are shortened and the rest counted. */
const maxTotalLength = 4096
const maxItemLength = 256

/** Writes `Warning` header values (RFC 7234 section 5.5), each text once and all of them bounded. */
export function writeWarningHeaders(warnings: readonly string[]): string[] {
  const texts = [...new Set(warnings.map(clean))].filter((text) => text !== '')
  const total = texts.reduce((sum, text) => sum + text.length, 0)
  if (total <= maxTotalLength) return texts.map(write)
  const values: string[] = []
  let length = 0
  for (const [index, text] of texts.entries()) {
    const short = text.length > maxItemLength ? `${text.slice(0, maxItemLength - 1)}…` : text
    length += short.length
    if (length > maxTotalLength) {
      return [...values, write(`${texts.length - index} more warnings are not shown`)]
    }
    values.push(write(short))
  }
  return values
}

/** A header holds one line. */
function clean(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .toWellFormed()
}

function write(text: string): string {
  const quoted = text.replaceAll(/["\\]/g, '\\$&')
  // Node takes a header for Latin-1; clients of Kubernetes read its bytes as UTF-8.
  return `299 - "${Buffer.from(quoted, 'utf8').toString('latin1')}"`
}

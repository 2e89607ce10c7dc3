import { createRequire } from 'node:module'
import type { parse as parseHost } from 'tldts'
import type { Area, Detector, Finding, Scan } from './detector.ts'

// RFC 5321, sections 4.5.3.1.1 and 4.5.3.1.2.
const maxLocalLength = 64
const maxDomainLength = 255
// RFC 5322 `atext` and the dot, with the letters of scripts that put spaces between words: in others a whole sentence would
// look like the beginning of an address.
const localRe2 = "a-zA-Z0-9!#$%&'*+/=?^_`{|}~.\\-\\p{Latin}\\p{Greek}\\p{Cyrillic}"
const letters = '\\p{Script=Latin}\\p{Script=Greek}\\p{Script=Cyrillic}'
const local = new RegExp(`[0-9!#$%&'*+/=?^_\`{|}~.\\-${letters}]`, 'u')
const domain = new RegExp(`[0-9_.\\-${letters}]`, 'u')

/** Addresses whose domain has a public suffix. */
export function createEmailDetector(): Detector {
  // 600 KB of suffixes, wanted only where something looks for addresses.
  const { parse } = createRequire(import.meta.url)('tldts') as { parse: typeof parseHost }
  return {
    label: 'EMAIL_ADDRESS',
    score: 1,
    area: `[${localRe2}]+@[${localRe2}@]*`,
    scan: (area) => scanAddresses(area, parse),
  }
}

function scanAddresses(area: Area, parse: typeof parseHost): Scan {
  const { text, to, complete } = area
  const findings: Finding[] = []
  let from = area.from
  for (let at = text.indexOf('@', from); at >= 0 && at < to; at = text.indexOf('@', from)) {
    const start = startOfLocal(text, Math.max(from, at - maxLocalLength), at)
    const limit = endOfDomain(text, at + 1, Math.min(to, at + 1 + maxDomainLength))
    if (limit === to && !complete) return { findings, undecidedFrom: start, suspect: true }
    const length = start < at ? domainLength(text.slice(at + 1, limit), parse) : 0
    from = at + 1 + length
    if (length > 0) findings.push({ start, end: from })
  }
  const undecidedFrom = complete ? to : Math.max(from, to - maxLocalLength)
  return { findings, undecidedFrom, suspect: false }
}

function startOfLocal(text: string, from: number, at: number): number {
  let start = at
  while (start > from && local.test(text[start - 1] ?? '')) start -= 1
  while (text[start] === '.') start += 1
  return start
}

function endOfDomain(text: string, from: number, to: number): number {
  let end = from
  while (end < to && domain.test(text[end] ?? '')) end += 1
  return end
}

/** How much of `text` is a domain: as many labels as end in a public suffix, since a sentence may follow the dot. */
function domainLength(text: string, parse: typeof parseHost): number {
  let host = text.replace(/[.-]+$/, '')
  // A public suffix and what it is for have at most five labels in practice; what follows a dot is a word or two.
  for (let attempts = 0; attempts < 4 && host.includes('.'); attempts += 1) {
    const { domain: registered, isIcann, isPrivate } = parse(host, { allowPrivateDomains: true })
    if (registered !== null && (isIcann || isPrivate)) return host.length
    host = host.slice(0, host.lastIndexOf('.'))
  }
  return 0
}

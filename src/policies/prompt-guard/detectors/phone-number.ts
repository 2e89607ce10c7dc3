import { type Detector, isDigitAt, isWordAt, scanPlaces } from './detector.ts'
import { loadNumberingPlans, type NumberingPlans } from './phone-metadata.ts'

// As Presidio looks for, with France for its "FE", which is no region.
const regions = ['US', 'GB', 'DE', 'FR', 'IL', 'IN', 'CA', 'BR'] as const
const minDigits = 7
// ITU-T E.164: 15 digits; a prefix for calls abroad comes before them.
const maxDigits = 18
const maxGroups = 7
// Each digit after up to three characters, and the one that ends the number.
const maxLength = maxDigits * 4 + 1
const run = /\+?\(?[0-9](?:[ ().\-/]{0,3}[0-9]){6,17}/y
// Dates and times, and addresses of the Internet.
const otherNumber = /^(?:\d{1,4}([-/.])\d{1,2}\1\d{1,4}(?:\D+\d{1,2})?|\d{1,3}(?:\.\d{1,3}){3})$/

/** Numbers that are valid in one of the regions, or in any with the code of its country. */
export function createPhoneNumberDetector(): Detector {
  const plans = loadNumberingPlans()
  return {
    label: 'PHONE_NUMBER',
    score: 0.4,
    area: '[+(]{0,2}[0-9](?:[ ().\\-/]{0,3}[0-9])*',
    scan: (area) => scanPlaces(area, maxLength, (text, index) => endOfNumber(text, index, plans)),
  }
}

function endOfNumber(text: string, index: number, plans: NumberingPlans): number {
  if (isWordAt(text, index - 1) || text[index - 1] === '+') return -1
  if (/[-./]/.test(text[index - 1] ?? '') && isDigitAt(text, index - 2)) return -1
  run.lastIndex = index
  const found = run.exec(text)
  if (found === null) return -1
  const ends = groupEnds(text, index, index + found[0].length)
  if (ends.some((end) => otherNumber.test(text.slice(index, end)))) return -1
  for (const end of ends.reverse()) if (isNumber(text.slice(index, end), plans)) return end
  return -1
}

/** Where groups of digits end that nothing but another group follows, the first few. */
function groupEnds(text: string, start: number, limit: number): number[] {
  const ends: number[] = []
  for (let index = start; index < limit && ends.length < maxGroups; index += 1) {
    if (isDigitAt(text, index) && !isWordAt(text, index + 1)) ends.push(index + 1)
  }
  return ends
}

function isNumber(text: string, plans: NumberingPlans): boolean {
  const digits = text.replace(/[^0-9]/g, '')
  if (digits.length < minDigits || digits.length > maxDigits) return false
  // Lists of small numbers are none; the code of a country may be a group of one digit.
  const codeLength = text.startsWith('+') ? 1 : 0
  if ((text.match(/[0-9]+/g)?.length ?? 0) * 2 > digits.length + codeLength) return false
  if (!hasMatchingBrackets(text)) return false
  if (text.startsWith('+')) return plans.isInternational(digits)
  return regions.some((region) => plans.isNumberOf(region, digits))
}

function hasMatchingBrackets(text: string): boolean {
  return /^[^()]*(?:\([^()]*\)[^()]*)*$/.test(text)
}

import { type Detector, isDigitAt, isWordAt, scanPlaces } from './detector.ts'

// 19 digits in groups of at least three, and the character that ends them.
const maxLength = 19 + 5 + 1
// Beside the prefixes of Microsoft Presidio's recogniser those of Mastercard's second range, 2221 to 2720.
const prefix = /(?:[1346]|5[0-5]|2[2-7])/y

/** Numbers of 12 to 19 digits with a card's prefix and a valid check digit, groups split by a space or `-`. */
export const creditCard: Detector = {
  label: 'CREDIT_CARD',
  score: 1,
  area: '[0-9](?:[ -]?[0-9])*',
  scan: (area) => scanPlaces(area, maxLength, endOfCard),
}

function endOfCard(text: string, index: number): number {
  if (!isDigitAt(text, index) || isWordAt(text, index - 1)) return -1
  prefix.lastIndex = index
  return prefix.test(text) ? longestCard(text, index) : -1
}

function longestCard(text: string, start: number): number {
  let digits = ''
  let inGroup = 0
  let longest = -1
  for (let index = start; digits.length <= 19; index += 1) {
    if (isDigitAt(text, index)) {
      digits += text[index]
      inGroup += 1
      continue
    }
    if (digits.length > 11 && !isWordAt(text, index) && hasValidCheckDigit(digits)) longest = index
    const isSeparator = text[index] === ' ' || text[index] === '-'
    if (!isSeparator || inGroup < 3 || !isDigitAt(text, index + 1)) break
    inGroup = 0
  }
  return longest
}

/** ISO/IEC 7812-1, annex B (Luhn). */
function hasValidCheckDigit(digits: string): boolean {
  let sum = 0
  for (let place = 0; place < digits.length; place += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - place) - 48
    const weighted = place % 2 === 0 ? digit : digit * 2
    sum += weighted > 9 ? weighted - 9 : weighted
  }
  return sum % 10 === 0
}

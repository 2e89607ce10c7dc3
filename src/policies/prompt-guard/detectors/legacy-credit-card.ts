import { type Detector, isDigitAt, scanPlaces } from './detector.ts'

// 16 digits, three separators, and the character after them.
const maxLength = 20
const of16 = (prefix: string, rest: number) =>
  `${prefix}[0-9]{${rest}}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}`
const forms = new RegExp(
  `(?:${[
    of16('5[1-5]', 2),
    of16('4', 3),
    of16('6011', 0),
    of16('3', 3),
    '3[47][0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{5}',
    '3(?:0[0-5]|[68][0-9])[0-9][ -]?[0-9]{6}[ -]?[0-9]{4}',
    '(?:2131|1800)[0-9]{11}',
  ].join('|')})(?![0-9])`,
  'y',
)

/** Card numbers of six issuers by their form alone. */
export const legacyCreditCard: Detector = {
  label: 'CREDIT_CARD',
  score: 1,
  area: '[0-9](?:[ -]?[0-9])*',
  scan: (area) => scanPlaces(area, maxLength, endOfCard),
}

/** What the magnetic stripe of a card holds: tracks 1 and 2 of ISO/IEC 7813. */
export const legacyCardTracks: Detector = {
  label: 'CREDIT_CARD',
  score: 1,
  area: '%[Bb][0-9]{13,19}\\^[^^?\\n]{2,26}\\^[0-9= ]{7,48}\\??|;[0-9]{13,19}=[0-9]{7,24}\\??',
}

function endOfCard(text: string, index: number): number {
  if (isDigitAt(text, index - 1)) return -1
  forms.lastIndex = index
  const found = forms.exec(text)
  return found === null ? -1 : index + found[0].length
}

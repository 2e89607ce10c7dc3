import { type Detector, isWordAt, scanPlaces } from './detector.ts'

// `ddd-dd-dddd` and the character after it.
const maxLength = 12
const forms =
  /(?:[0-9]{9}|[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{3}\.[0-9]{2}\.[0-9]{4}|[0-9]{3} [0-9]{2} [0-9]{4}|[0-9]{5}-[0-9]{4}|[0-9]{3}-[0-9]{6})(?![0-9A-Za-z_])/y
// Never given out, or printed as examples.
const neverIssued = /^(?:000|666|98765432|123456789|078051120|(.)\1{8}$|.{3}00|.{5}0000)/

/** Social security numbers of the US. */
export const ssn: Detector = {
  label: 'US_SSN',
  score: 0.85,
  area: '[0-9](?:[-. ]?[0-9])*',
  scan: (area) => scanPlaces(area, maxLength, endOfSsn),
}

function endOfSsn(text: string, index: number): number {
  if (isWordAt(text, index - 1)) return -1
  forms.lastIndex = index
  const found = forms.exec(text)
  if (found === null || neverIssued.test(found[0].replace(/[-. ]/g, ''))) return -1
  return index + found[0].length
}

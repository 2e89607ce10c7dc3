import { type Detector, isDigitAt, scanPlaces } from './detector.ts'

const maxLength = 12
const forms = /(?:[0-9]{9}|[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{3} [0-9]{2} [0-9]{4})(?![0-9])/y

/** Social security numbers by their form alone. */
export const legacySsn: Detector = {
  label: 'US_SSN',
  score: 0.85,
  area: '[0-9](?:[- ]?[0-9])*',
  scan: (area) => scanPlaces(area, maxLength, endOfSsn),
}

function endOfSsn(text: string, index: number): number {
  if (isDigitAt(text, index - 1)) return -1
  forms.lastIndex = index
  const found = forms.exec(text)
  return found === null ? -1 : index + found[0].length
}

/** Finds one kind of text, such as card numbers. */
export interface Detector {
  /** What a masked finding is called. */
  readonly label: string
  /** From 0 to 1; of findings that overlap, the most certain gives its label. */
  readonly score: number
  /** RE2: where findings may stand. Areas do not overlap, and no finding reaches over the end of one. */
  readonly area: string
  /** Left out: every area is a finding. */
  scan?(area: Area): Scan
}

/** A part of a text that the area's expression found, or may yet find. */
export interface Area {
  /** With at least two characters before `from`, if there are two. */
  readonly text: string
  /** Findings begin here or after; what is before has been decided. */
  readonly from: number
  readonly to: number
  /** False: the text ends at `to` for the time being, and the area may go on. */
  readonly complete: boolean
}

/** What is certain of an area, whatever follows. */
export interface Scan {
  readonly findings: readonly Finding[]
  /** More text may show findings that begin here or after. */
  readonly undecidedFrom: number
  /** Whether what is undecided already looks like the beginning of a finding rather than like any other word or number. */
  readonly suspect: boolean
}

export interface Finding {
  readonly start: number
  readonly end: number
}

/**
 * Tries every place of an area in order. `endAt` tells where the finding ends that begins at an index, or -1; it looks at
 * two characters before it and `maxLength` after it.
 */
export function scanPlaces(
  { text, from, to, complete }: Area,
  maxLength: number,
  endAt: (text: string, index: number) => number,
): Scan {
  const findings: Finding[] = []
  let index = from
  while (index < to) {
    if (!complete && index + maxLength > to) break
    const end = endAt(text, index)
    if (end > index) findings.push({ start: index, end })
    index = Math.max(index + 1, end)
  }
  return {
    findings,
    undecidedFrom: index,
    suspect: digitCount(text, index, to) > maxOrdinaryDigits,
  }
}

// Years have four digits.
const maxOrdinaryDigits = 4

function digitCount(text: string, from: number, to: number): number {
  let count = 0
  for (let index = from; index < to; index += 1) if (isDigitAt(text, index)) count += 1
  return count
}

/** Whether a word character (ASCII) stands at `index`. */
export function isWordAt(text: string, index: number): boolean {
  const unit = text.charCodeAt(index)
  return (unit > 64 && unit < 91) || (unit > 96 && unit < 123) || unit === 95 || isDigitUnit(unit)
}

export function isDigitAt(text: string, index: number): boolean {
  return isDigitUnit(text.charCodeAt(index))
}

function isDigitUnit(unit: number): boolean {
  return unit > 47 && unit < 58
}

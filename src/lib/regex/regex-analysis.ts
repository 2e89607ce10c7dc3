import {
  type CodePointRange,
  onlyCharacterOf,
  type RegexAlternatives,
  type RegexCharacters,
  type RegexItem,
} from './regex-syntax.ts'

/** The longest text that everything matching `alternatives` begins with, as far as it is plain to see. */
export function literalPrefixIn(alternatives: RegexAlternatives): string {
  return commonPrefix(alternatives.map((items) => literalRun(items, literalPrefixIn).text))
}

/** The same for the end. */
export function literalSuffixIn(alternatives: RegexAlternatives): string {
  const suffixes = alternatives.map((items) => {
    const { text } = literalRun(items.toReversed(), (inner) => reverse(literalSuffixIn(inner)))
    return text
  })
  return reverse(commonPrefix(suffixes))
}

/** The only text that matches, if there is only one. */
export function literalIn(alternatives: RegexAlternatives): string | undefined {
  const [items] = alternatives
  if (items === undefined || alternatives.length > 1) return undefined
  const run = literalRun(items, () => '')
  return run.complete ? run.text : undefined
}

function literalRun(
  items: readonly RegexItem[],
  textOfGroup: (alternatives: RegexAlternatives) => string,
): { text: string; complete: boolean } {
  let text = ''
  for (const item of items) {
    if (item.min !== 1) return { text, complete: false }
    if (item.type === 'group')
      return { text: text + textOfGroup(item.alternatives), complete: false }
    const character = onlyCharacterOf(item.ranges)
    if (character === undefined) return { text, complete: false }
    text += String.fromCharCode(character)
    if (item.max !== 1) return { text, complete: false }
  }
  return { text, complete: true }
}

function commonPrefix(texts: readonly string[]): string {
  let [common = ''] = texts
  for (const text of texts) {
    while (!text.startsWith(common)) common = common.slice(0, -1)
  }
  return common
}

function reverse(text: string): string {
  return [...text].reverse().join('')
}

// How many ways through the alternatives and options of a pattern a backtracking engine may try.
const maxChoices = 64

interface Backtracking {
  choices: number
  /** An unbounded repetition was passed that may end at more than one place. */
  open: boolean
}

/**
 * Whether a backtracking engine matches the whole text in time linear in its length: repetition of single
 * characters only, each either ending where its successor must begin or being the last one that repeats.
 */
export function isLinearWhenBacktracking(alternatives: RegexAlternatives): boolean {
  return isLinear(alternatives, { choices: 1, open: false })
}

function isLinear(alternatives: RegexAlternatives, state: Backtracking): boolean {
  state.choices *= alternatives.length
  for (const items of alternatives) {
    for (const [index, item] of items.entries()) {
      if (!isLinearItem(item, items[index + 1], state)) return false
    }
  }
  return state.choices <= maxChoices
}

function isLinearItem(item: RegexItem, next: RegexItem | undefined, state: Backtracking): boolean {
  if (item.type === 'group') {
    if (item.max > 1) return false
    if (item.min === 0) state.choices *= 2
    return isLinear(item.alternatives, state)
  }
  if (Number.isFinite(item.max)) {
    state.choices *= item.max - item.min + 1
    return true
  }
  if (state.open) return false
  state.open = !endsWhereNextBegins(item, next)
  return true
}

function endsWhereNextBegins(item: RegexCharacters, next: RegexItem | undefined): boolean {
  if (next === undefined || next.type === 'group' || next.min === 0) return false
  return !next.ranges.some((range) => item.ranges.some((other) => overlaps(range, other)))
}

function overlaps(left: CodePointRange, right: CodePointRange): boolean {
  return left[0] <= right[1] && right[0] <= left[1]
}

/** `alternatives` as a JavaScript expression for the whole text. */
export function toRegExp(alternatives: RegexAlternatives): RegExp {
  return new RegExp(`^(?:${sourceOf(alternatives)})$`, 'u')
}

function sourceOf(alternatives: RegexAlternatives): string {
  return alternatives.map((items) => items.map(itemSource).join('')).join('|')
}

function itemSource(item: RegexItem): string {
  const atom =
    item.type === 'group' ? `(?:${sourceOf(item.alternatives)})` : classSource(item.ranges)
  if (item.min === 1 && item.max === 1) return atom
  return `${atom}{${item.min},${Number.isFinite(item.max) ? item.max : ''}}`
}

function classSource(ranges: readonly CodePointRange[]): string {
  const point = (codePoint: number) => `\\u{${codePoint.toString(16)}}`
  const only = onlyCharacterOf(ranges)
  if (only !== undefined) return point(only)
  return `[${ranges.map(([first, last]) => `${point(first)}-${point(last)}`).join('')}]`
}

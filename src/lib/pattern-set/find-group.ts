import type { RegexProgram } from '../regex/regex-program.ts'
import { assertionsBetween, before } from './combined-program.ts'

/** What a match is found in: `text` from `start` to `end` is the match, the rest is what assertions look at. */
export interface MatchedText {
  readonly text: string
  readonly start: number
  readonly end: number
}

interface Way {
  readonly step: number
  readonly groupStart: number
  readonly groupEnd: number
}

/** Where the first group of `program` stands in a match of it; undefined if it took no part. Linear in the match. */
export function findFirstGroup(
  program: RegexProgram,
  { text, start, end }: MatchedText,
): { start: number; end: number } | undefined {
  let ways: Way[] = [{ step: program.start, groupStart: -1, groupEnd: -1 }]
  let position = start
  while (position < end) {
    const codePoint = text.codePointAt(position) ?? 0
    const open = follow(program, ways, { text, position })
    position += codePoint > 0xffff ? 2 : 1
    ways = open.flatMap((way) => {
      const step = program.steps[way.step]
      const takes =
        step?.type === 'character' &&
        step.ranges.some(([first, last]) => first <= codePoint && codePoint <= last)
      return takes ? [{ ...way, step: step.next }] : []
    })
  }
  const winner = follow(program, ways, { text, position }).find(
    ({ step }) => program.steps[step]?.type === 'match',
  )
  if (winner === undefined || winner.groupStart < 0 || winner.groupEnd < 0) return undefined
  return { start: winner.groupStart, end: winner.groupEnd }
}

/** The ways at their next character or match, in order of priority. */
function follow(
  program: RegexProgram,
  ways: readonly Way[],
  place: { text: string; position: number },
): Way[] {
  const assertions = assertionsAt(place)
  const visited = new Set<number>()
  const found: Way[] = []
  const stack = ways.toReversed()
  for (let way = stack.pop(); way !== undefined; way = stack.pop()) {
    if (visited.has(way.step)) continue
    visited.add(way.step)
    const onward = onwardFrom(way, program, { assertions, position: place.position })
    if (onward === undefined) found.push(way)
    else stack.push(...onward)
  }
  return found
}

/** Where a way goes without taking a character, the preferred last; undefined where it must take one or matches. */
function onwardFrom(
  way: Way,
  program: RegexProgram,
  place: { assertions: number; position: number },
): Way[] | undefined {
  const step = program.steps[way.step]
  switch (step?.type) {
    case 'either':
      return [
        { ...way, step: step.other },
        { ...way, step: step.next },
      ]
    case 'capture':
      return [withCapture({ ...way, step: step.next }, step.slot, place.position)]
    case 'go':
      return [{ ...way, step: step.next }]
    case 'assertion':
      return (step.bits & ~place.assertions) === 0 ? [{ ...way, step: step.next }] : []
    case 'fail':
      return []
    default:
      return undefined
  }
}

function withCapture(way: Way, slot: number, position: number): Way {
  if (slot === 2) return { ...way, groupStart: position, groupEnd: -1 }
  return slot === 3 ? { ...way, groupEnd: position } : way
}

function assertionsAt({ text, position }: { text: string; position: number }): number {
  return assertionsBetween(kindOf(text[position - 1]), kindOf(text[position]))
}

function kindOf(character: string | undefined): number {
  if (character === undefined) return before.nothing
  if (character === '\n') return before.newline
  return /\w/.test(character) ? before.word : before.other
}

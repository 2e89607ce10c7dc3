/** What follows these words is the answer, letter by letter: tests of what reads answers need exact ones. */
const repetition = /\brepeat exactly:[^\S\r\n]?(?<text>[\s\S]+)$/i

const cards = /\b(?:credit|debit|payment) ?cards?\b|\bmaster ?cards?\b/i
const wantsNumbers = /\bnumbers?\b|\bexamples?\b/i

/** Numbers that card networks publish for tests, which nobody can pay with. */
const cardAnswer = [
  'A Mastercard number has 16 digits. The first two are from 51 to 55 and name the network, the next ones name the',
  'bank and the account, and the last one is a check digit by the Luhn algorithm.',
  'Examples of the form, as they stand in documentation: 5100 0000 0000 0000, 5555 5555 5555 4444,',
  '5105-1051-0510-5100 and 5454545454545454. None of them belongs to anybody.',
].join(' ')

/** Longest text that is repeated, in UTF-16 units. */
const mostRepeated = 100_000

/** The text that a prompt asks for by name; undefined when the answer is free. */
export function findRequestedText(prompt: string): string | undefined {
  const repeated = repetition.exec(prompt)?.groups?.['text']
  if (repeated !== undefined) return repeated.slice(0, mostRepeated)
  return cards.test(prompt) && wantsNumbers.test(prompt) ? cardAnswer : undefined
}

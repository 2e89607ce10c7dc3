import { shellBlocksOf } from './shell-session.ts'

/** The shell blocks of a README by the heading (`## …`) that they stand under. */
export function shellBlocksByHeading(markdown: string): ReadonlyMap<string, readonly string[]> {
  const sections = markdown.split(/^## /m)
  return new Map(
    sections.map((section, index) => {
      const heading = index === 0 ? '' : (section.split('\n', 1)[0] ?? '')
      return [heading, shellBlocksOf(section)]
    }),
  )
}

import { printable } from './printable.ts'
import { widthOf } from './wrap-words.ts'

const gap = 3

/** A table without borders, as kubectl prints it: columns are as wide as their widest cell, three spaces apart. */
export function formatPlainTable(
  headers: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const all = [headers.map((header) => header.toUpperCase()), ...rows].map((row) =>
    row.map((cell) => printable(cell).replaceAll(/\s+/gu, ' ')),
  )
  const widths = headers.map((_, column) =>
    Math.max(...all.map((row) => widthOf(row[column] ?? ''))),
  )
  const lines = all.map((row) =>
    row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell) + gap)),
  )
  return lines.map((cells) => `${cells.join('').trimEnd()}\n`).join('')
}

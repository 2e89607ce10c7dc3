import { printable } from './printable.ts'
import { widthOf, wrapWords } from './wrap-words.ts'

const maxCellWidth = 30

interface Cell {
  readonly lines: readonly string[]
  readonly width: number
}

/**
 * A table with borders of `+`, `-` and `|`, as vendor tools that build on github.com/olekukonko/tablewriter
 * v0.0.5 print it: headers upper-cased and centred, cells at the left and wrapped at 30 columns unless a word is
 * longer. A table without rows still has its frame.
 */
export function formatBoxedTable(
  headers: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const headerCells = headers.map((header) => layOut(header.toUpperCase()))
  const rowCells = rows.map((row) => headers.map((_, column) => layOut(row[column] ?? '')))
  const widths = headers.map((_, column) =>
    Math.max(...[headerCells, ...rowCells].map((cells) => cells[column]?.width ?? 0)),
  )
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`
  const lines = [
    rule,
    ...formatRow(headerCells, widths, centre),
    rule,
    ...rowCells.flatMap((cells) => formatRow(cells, widths, alignLeft)),
    rule,
  ]
  return `${lines.join('\n')}\n`
}

/** Line breaks of a cell count for its width only; its text flows on as one paragraph. */
function layOut(text: string): Cell {
  const paragraphs = printable(text).split('\n')
  const width = Math.min(maxCellWidth, Math.max(...paragraphs.map(widthOf)))
  const lines = wrapWords(paragraphs.join(' '), width)
  return { lines, width: Math.max(width, ...lines.map(widthOf)) }
}

type Align = (text: string, width: number) => string

function formatRow(cells: readonly Cell[], widths: readonly number[], align: Align): string[] {
  const height = Math.max(...cells.map(({ lines }) => lines.length))
  return Array.from({ length: height }, (_, index) => {
    const texts = cells.map(({ lines }, column) => align(lines[index] ?? '', widths[column] ?? 0))
    return `| ${texts.join(' | ')} |`
  })
}

const alignLeft: Align = (text, width) => text + ' '.repeat(Math.max(0, width - widthOf(text)))

const centre: Align = (text, width) => {
  const gap = Math.max(0, width - widthOf(text))
  const left = Math.floor(gap / 2)
  return ' '.repeat(left) + text + ' '.repeat(gap - left)
}

import { expect, test } from 'vitest'
import { formatBoxedTable } from './boxed-table.ts'
import { formatPlainTable } from './plain-table.ts'
import { wrapWords } from './wrap-words.ts'

test('headers are upper-cased and centred, cells stand at the left', () => {
  expect(formatBoxedTable(['Secret', 'Type'], [['hftoken', 'Header']])).toBe(
    [
      '+---------+--------+',
      '| SECRET  |  TYPE  |',
      '+---------+--------+',
      '| hftoken | Header |',
      '+---------+--------+',
      '',
    ].join('\n'),
  )
})

test('a cell is wrapped at 30 columns, and a column grows to its longest word', () => {
  const rows = [
    ['a', 'one two three four five six seven eight'],
    ['b', `- ${'x'.repeat(33)}`],
  ]
  expect(formatBoxedTable(['Name', 'Details'], rows)).toBe(
    [
      '+------+-----------------------------------+',
      '| NAME |              DETAILS              |',
      '+------+-----------------------------------+',
      '| a    | one two three four five six       |',
      '|      | seven eight                       |',
      '| b    | -                                 |',
      `|      | ${'x'.repeat(33)} |`,
      '+------+-----------------------------------+',
      '',
    ].join('\n'),
  )
})

test('a table without rows has its frame', () => {
  expect(formatBoxedTable(['Secret'], [])).toBe('+--------+\n| SECRET |\n+--------+\n+--------+\n')
})

test('line breaks in a cell become spaces', () => {
  expect(formatBoxedTable(['Status'], [['Accepted\nbut late']])).toBe(
    '+----------+\n|  STATUS  |\n+----------+\n| Accepted |\n| but late |\n+----------+\n',
  )
})

test('escape sequences of an object do not reach the terminal', () => {
  const table = formatBoxedTable(['Name'], [['\u001b[31mred\u009b']])
  expect(table).toContain('\\u{1b}[31mred\\u{9b}')
  expect(table).not.toContain('\u001b')
  expect(formatPlainTable(['Name'], [['\u001b[31m']])).toContain('\\u{1b}')
})

test('lines are as even as they can be', () => {
  expect(wrapWords('aaa bb cc ddddd', 6)).toEqual(['aaa', 'bb cc', 'ddddd'])
  expect(wrapWords('   spaced    out   ', 30)).toEqual(['spaced out'])
  expect(wrapWords('', 30)).toEqual([''])
})

test('columns of a plain table are three spaces apart, without spaces at the end', () => {
  const rows = [
    ['a', 'Static'],
    ['longer', ''],
  ]
  expect(formatPlainTable(['Name', 'Type'], rows)).toBe('NAME     TYPE\na        Static\nlonger\n')
})

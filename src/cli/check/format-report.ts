import { relative } from 'node:path'
import type { ManifestProblem } from '../../kube/manifests/read-manifests.ts'
import { formatPlainTable } from '../table/plain-table.ts'
import { printable } from '../table/printable.ts'
import type { FieldReport, ObjectReport, Problem } from './report.ts'

/** Everything that one run found. */
export interface CheckReport {
  readonly objects: readonly ObjectReport[]
  /** Of files and documents that could not be read. */
  readonly files: readonly ManifestProblem[]
}

/** How many objects, and how many findings of each sort. */
export function summarize({ objects, files }: CheckReport) {
  const problems = [...files, ...objects.flatMap((object) => object.problems)]
  const fields = objects.flatMap((object) => object.fields)
  const countFields = (verdict: FieldReport['verdict']) =>
    fields.filter((field) => field.verdict === verdict).length
  return {
    objects: objects.length,
    errors: problems.filter(({ severity }) => severity === 'error').length,
    warnings: problems.filter(({ severity }) => severity === 'warning').length,
    honoured: countFields('honoured'),
    approximated: countFields('approximated'),
    ignored: countFields('ignored'),
    unknown: countFields('unknown'),
  }
}

/** The report as people read it, grouped by object; file names relative to `workingDirectory`. */
export function formatReport(report: CheckReport, workingDirectory: string): string {
  const placeOf = (file: string, line: number | undefined) => {
    const name = file.startsWith('/') ? relative(workingDirectory, file) : file
    return line === undefined ? name : `${name}:${line}`
  }
  const parts = [
    ...report.files.map(
      ({ file, line, severity, message }) =>
        `${placeOf(file, line)}\n  ${severity}: ${indented(message)}\n`,
    ),
    ...report.objects.map(
      (object) => `${titleOf(object)}  (${placeOf(object.file, object.line)})\n${bodyOf(object)}`,
    ),
    formatSummary(report),
  ]
  return parts.join('\n')
}

const titleOf = ({ kind, namespace, name }: ObjectReport) =>
  printable(
    `${kind || 'object'} ${namespace === '' ? '' : `${namespace}/`}${name || '(without name)'}`,
  )

const indented = (text: string) => printable(text.trim()).replaceAll(/\n+/g, '\n    ')

function bodyOf({ fields, problems }: ObjectReport): string {
  const rows = groupFields(fields).map(({ path, verdict, detail }) => [path, verdict, detail])
  const table =
    rows.length === 0
      ? ''
      : formatPlainTable(['Field', 'Verdict', ''], rows).replaceAll(/^(?=.)/gm, '  ')
  return table + problems.map(problemLine).join('')
}

function problemLine({ severity, field, message }: Problem): string {
  const where = field === '' ? '' : `${printable(field)}: `
  return `  ${severity}: ${where}${indented(message)}\n`
}

/** Entries of a list whose fields fare alike are one line: `hosts[*].port`. */
function groupFields(fields: readonly FieldReport[]): FieldReport[] {
  const groups = new Map<string, FieldReport>()
  for (const field of fields) {
    const needsPlace = field.verdict === 'unknown'
    const path = needsPlace ? field.path : field.path.replaceAll(/\[\d+\]/g, '[*]')
    const key = JSON.stringify([path, field.verdict, field.detail])
    if (!groups.has(key)) groups.set(key, { ...field, path })
  }
  return [...groups.values()]
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`

function formatSummary(report: CheckReport): string {
  const { objects, errors, warnings, honoured, approximated, ignored, unknown } = summarize(report)
  const fields = `fields: ${honoured} honoured, ${approximated} approximated, ${ignored} ignored, ${unknown} unknown`
  return `${counted(objects, 'object')}, ${counted(errors, 'error')}, ${counted(warnings, 'warning')}; ${fields}\n`
}

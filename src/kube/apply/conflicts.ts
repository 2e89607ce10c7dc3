/** Another manager's fields that an apply would change. */
export interface ApplyConflict {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly subresource?: string
  /** Paths such as `.spec.replicas`. */
  readonly fields: readonly string[]
}

/** The message of the 409 that answers a conflicting apply, as kubectl's users know it. */
export function formatApplyConflicts(conflicts: readonly ApplyConflict[]): string {
  const count = conflicts.reduce((sum, conflict) => sum + conflict.fields.length, 0)
  const [first] = conflicts
  if (count === 1 && first !== undefined) {
    return `Apply failed with 1 conflict: conflict with ${formatManager(first)}: ${first.fields[0]}`
  }
  const lines = conflicts
    .map((conflict) => ({ manager: formatManager(conflict), fields: conflict.fields }))
    .sort((left, right) => (left.manager < right.manager ? -1 : 1))
    .flatMap(({ manager, fields }) => [
      `conflicts with ${manager}:`,
      ...fields.map((field) => `- ${field}`),
    ])
  return `Apply failed with ${count} conflicts: ${lines.join('\n')}`
}

/** The entries of `Status.details.causes` that name each field. */
export function causesOfApplyConflicts(
  conflicts: readonly ApplyConflict[],
): { readonly reason: string; readonly message: string; readonly field: string }[] {
  return conflicts.flatMap((conflict) =>
    conflict.fields.map((field) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${formatManager(conflict)}`,
      field,
    })),
  )
}

function formatManager(conflict: ApplyConflict): string {
  let text = JSON.stringify(conflict.manager)
  if (conflict.subresource !== undefined) {
    text += ` with subresource ${JSON.stringify(conflict.subresource)}`
  }
  return conflict.operation === 'Update' ? `${text} using ${conflict.apiVersion}` : text
}

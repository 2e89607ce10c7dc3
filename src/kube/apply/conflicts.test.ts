import { describe, expect, test } from 'vitest'
import { type ApplyConflict, causesOfApplyConflicts, formatApplyConflicts } from './conflicts.ts'

describe('conflicts', () => {
  const one: ApplyConflict = {
    manager: 'm',
    operation: 'Update',
    apiVersion: 'v1',
    fields: ['.spec.x'],
  }

  test('are worded as kubectl shows them', () => {
    expect(formatApplyConflicts([one])).toBe(
      'Apply failed with 1 conflict: conflict with "m" using v1: .spec.x',
    )
    const other: ApplyConflict = {
      manager: 'a',
      operation: 'Apply',
      apiVersion: 'v1',
      subresource: 'status',
      fields: ['.status.y', '.status.z'],
    }
    expect(formatApplyConflicts([one, other])).toBe(
      [
        'Apply failed with 3 conflicts: conflicts with "a" with subresource "status":',
        '- .status.y',
        '- .status.z',
        'conflicts with "m" using v1:',
        '- .spec.x',
      ].join('\n'),
    )
  })

  test('name each field as a cause', () => {
    expect(causesOfApplyConflicts([one])).toEqual([
      { reason: 'FieldManagerConflict', message: 'conflict with "m" using v1', field: '.spec.x' },
    ])
  })
})

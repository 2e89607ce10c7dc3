import { describe, expect, test } from 'vitest'
import { addErrors } from './add-errors.ts'

const condition = (type: string, status = 'True') => ({
  ...{ type, status, reason: status === 'True' ? type : 'Own', message: '' },
  observedGeneration: 1,
})

const listener = (name: string, programmed = 'True') => ({
  ...{ name, supportedKinds: [], attachedRoutes: 0 },
  conditions: [condition('Accepted'), condition('Programmed', programmed)],
})

const gateway = {
  conditions: [condition('Accepted'), condition('Programmed')],
  listeners: [listener('a'), listener('b'), listener('c')],
}

/** `Programmed` of the gateway and of each listener, as `Status/Reason`. */
function programmed(status: unknown): string[] {
  const { conditions, listeners } = status as typeof gateway
  const of = (list: typeof conditions) =>
    list
      .filter(({ type }) => type === 'Programmed')
      .map((each) => `${each.status}/${each.reason}`)
      .join()
  return [of(conditions), ...listeners.map((each) => of(each.conditions))]
}

describe('what goes wrong at a Gateway', () => {
  const inUse = (fieldPath: string) => ({ fieldPath, message: 'port 80 is in use' })

  test('is said of the listeners that it names', () => {
    expect(programmed(addErrors(gateway, [inUse('spec.listeners[0,2]')]))).toEqual([
      ...['True/Programmed', 'False/Invalid', 'True/Programmed', 'False/Invalid'],
    ])
    const certificate = inUse('spec.listeners[1].tls.certificateRefs[0]')
    expect(programmed(addErrors(gateway, [certificate]))[2]).toBe('False/Invalid')
  })

  test('is said of the Gateway when no listener is left', () => {
    const status = addErrors(gateway, [inUse('spec.listeners[0,1]'), inUse('spec.listeners[2]')])
    expect(programmed(status)).toEqual(Array.from({ length: 4 }, () => 'False/Invalid'))
    expect(JSON.stringify(status)).toContain('port 80 is in use')
    const whole = addErrors(gateway, [inUse('spec')])
    expect(programmed(whole)[0]).toBe('False/Invalid')
  })

  test('leaves what is false already', () => {
    const status = { ...gateway, listeners: [listener('a', 'False'), listener('b')] }
    expect(programmed(addErrors(status, [inUse('spec.listeners[0]')]))[1]).toBe('False/Own')
  })
})

test('a route that cannot be put in force is not accepted', () => {
  const status = { parents: [{ parentRef: {}, conditions: [condition('Accepted')] }] }
  expect(addErrors(status, [{ fieldPath: 'spec.rules[0]', message: 'odd' }])).toMatchObject({
    parents: [
      {
        conditions: [
          { type: 'Accepted', status: 'False', reason: 'UnsupportedValue', message: 'odd' },
        ],
      },
    ],
  })
})

test('other statuses stay as they are', () => {
  expect(addErrors({ phase: 'Up' }, [{ fieldPath: 'spec', message: 'x' }])).toEqual({ phase: 'Up' })
  expect(addErrors(undefined, [])).toBeUndefined()
})

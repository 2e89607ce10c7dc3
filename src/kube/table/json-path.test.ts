import { describe, expect, test } from 'vitest'
import { compileJsonPath } from './json-path.ts'

const object = {
  metadata: { annotations: { 'example.com/name': 'x' } },
  spec: { hosts: [{ port: 80 }, { port: 443 }], empty: null },
  status: {
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Other', status: 'False' },
    ],
  },
}

describe('a JSONPath', () => {
  test.each([
    ['.spec.hosts[0].port', [80]],
    ['.spec.hosts[-1].port', [443]],
    ['{.spec.hosts[*].port}', [80, 443]],
    ['.spec.hosts[0:1].port', [80]],
    ['.status.conditions[?(@.type=="Ready")].status', ['True']],
    [".status.conditions[?(@.type=='Missing')].status", []],
    ['.spec.hosts[?(@.port>100)].port', [443]],
    ['.spec.hosts[?(@.port)].port', [80, 443]],
    ['.metadata.annotations.example\\.com/name', ['x']],
    [".metadata.annotations['example.com/name']", ['x']],
    ['.spec.empty', []],
    ['.spec.missing.deeper', []],
    ['.spec.toString', []],
  ])('%s finds %j', (path, expected) => {
    expect(compileJsonPath(path).find(object)).toEqual(expected)
  })

  test.each(['.spec[', '.spec[?(@.a=b=)]', '.spec[abc]'])('%s is refused', (path) => {
    expect(() => compileJsonPath(path)).toThrow()
  })
})

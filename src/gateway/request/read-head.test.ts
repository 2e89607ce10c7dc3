import { expect, test } from 'vitest'
import type { ClientRequest } from '../request-handler.ts'
import { readHead } from './read-head.ts'

const options = { normalizePath: true, mergeSlashes: false }

function headersOf(rawHeaders: readonly string[], major: 1 | 2): readonly string[] {
  const request = {
    ...{ httpVersionMajor: major, httpVersionMinor: 1, method: 'POST', url: '/', rawHeaders },
    ...(major === 2 && { stream: { endAfterHeaders: true } }),
  }
  const head = readHead(request as unknown as ClientRequest, options)
  if ('type' in head) throw new Error(head.message)
  return head.headers.flat
}

test('te: trailers goes on, over HTTP/1.1 where the connection names it', () => {
  const te = ['te', 'gzip, trailers']
  expect(headersOf([':authority', 'a', ...te], 2)).toEqual(['te', 'trailers'])
  expect(headersOf(['Host', 'a', 'Connection', 'te', ...te], 1)).toEqual(['te', 'trailers'])
  expect(headersOf(['Host', 'a', ...te], 1)).toEqual([])
  expect(headersOf([':authority', 'a', 'te', 'gzip'], 2)).toEqual([])
})

test('what the connection names goes no further', () => {
  const raw = ['Host', 'a', 'Connection', 'keep-alive, X-Hop', 'X-Hop', '1', 'X-End', '2']
  expect(headersOf(raw, 1)).toEqual(['x-end', '2'])
})

test('cookies that came one by one go on as one header', () => {
  const raw = [':authority', 'a', 'cookie', 'b=1', 'x', '2', 'cookie', 'c=3', 'cookie', 'd=4']
  expect(headersOf(raw, 2)).toEqual(['cookie', 'b=1; c=3; d=4', 'x', '2'])
})

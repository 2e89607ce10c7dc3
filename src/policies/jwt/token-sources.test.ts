import { describe, expect, test } from 'vitest'
import { HeaderList } from '../../lib/http/header-list.ts'
import type { ModelCall } from '../../llm/model-call.ts'
import { removeKeptTokens } from '../kept-tokens.ts'
import { bearing, compile, keys, valid } from './testing/jwt-fixture.ts'
import { jwtProvider } from './testing/test-tokens.ts'

describe('where tokens stand:', () => {
  test('the token leaves the request, all copies of it, and nothing else', () => {
    const policy = compile({ providers: [jwtProvider({ keys })] })
    const context = bearing(valid, { query: `?a=1&access%5Ftoken=${valid}&b=2` })
    context.headers.append('authorization', 'bearer again')
    context.headers.append('authorization', 'Basic abc')
    expect(policy(context)).toBe('passed')
    expect(context.headers.flat).toEqual(['authorization', 'Basic abc'])
    expect(context.query).toBe('?a=1&b=2')
  })

  test('a query parameter carries it, too', () => {
    const policy = compile({ providers: [jwtProvider({ keys })] })
    const context = bearing('', { headers: new HeaderList(), query: `?access_token=${valid}` })
    expect(policy(context)).toBe('passed')
    expect(context.query).toBe('')
  })

  test('a provider that keeps it leaves it where it is', () => {
    const policy = compile({ providers: [jwtProvider({ keys, keepToken: true })] })
    const context = bearing(valid)
    expect(policy(context)).toBe('passed')
    expect(context.headers.get('authorization')).toBe(`Bearer ${valid}`)
  })

  test('a token that is kept can be taken out for a provider of models', () => {
    const policy = compile({ providers: [jwtProvider({ keys, keepToken: true })] })
    const query = `?a=1&access_token=${valid}`
    const context = bearing(valid, { query, modelCall: {} as ModelCall })
    expect(policy(context)).toBe('passed')
    removeKeptTokens(context, context, () => false)
    expect([context.headers.flat, context.query]).toEqual([[], '?a=1'])
  })

  test('headers of the provider take the place of the usual ones', () => {
    const tokenHeaders = [{ name: 'x-token', prefix: 'jwt:' }]
    const policy = compile({
      providers: [jwtProvider({ keys, tokenHeaders, tokenQueryParameters: [] })],
    })
    expect(policy(bearing(valid))).toBe('Jwt is missing')
    const carried = (value: string) =>
      policy(bearing('', { headers: new HeaderList(['x-token', value]) }))
    expect(carried(`jwt:${valid}`)).toBe('passed')
    expect(carried(`JWT:${valid}`)).toBe('Jwt is missing')
  })
})

import { describe, expect, test } from 'vitest'
import { HeaderList } from '../../lib/http/header-list.ts'
import { bearing, claims, compile, keys, rsa } from './testing/jwt-fixture.ts'
import { jwtProvider, signToken } from './testing/test-tokens.ts'

describe('claims become headers:', () => {
  const claimsToHeaders = [
    { claim: 'sub', header: 'x-sub', append: false },
    { claim: 'llms', header: 'x-llms', append: false },
    { claim: 'evil', header: 'x-evil', append: false },
    { claim: 'team', header: 'x-team', append: true },
    { claim: 'toString', header: 'x-none', append: false },
  ]
  const provider = jwtProvider({ keys, claimsToHeaders })
  const sent = ['x-sub', 'admin', 'x-evil', 'e', 'x-none', 'n', 'x-team', 'client']

  test('in place of those of the client, or beside them', () => {
    const token = signToken(
      rsa.privateKey,
      { alg: 'RS256' },
      { ...claims, llms: { openai: ['gpt'] }, evil: 'a\r\nx-admin: 1', team: 'dév' },
    )
    const context = bearing(token, {
      headers: new HeaderList(['authorization', `Bearer ${token}`, ...sent]),
    })
    expect(compile({ providers: [provider] })(context)).toBe('passed')
    expect(context.headers.flat).toEqual([
      ...['x-team', 'client', 'x-sub', 'alice', 'x-llms', '{"openai":["gpt"]}'],
      ...['x-team', Buffer.from('dév').toString('latin1')],
    ])
  })

  test('and a client without token cannot make them up', () => {
    const context = bearing('', { headers: new HeaderList([...sent]) })
    expect(compile({ providers: [provider], otherwise: 'allow-missing' })(context)).toBe('passed')
    expect(context.headers.flat).toEqual(['x-team', 'client'])
  })
})

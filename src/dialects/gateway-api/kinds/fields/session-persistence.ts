import type { Static } from 'typebox'
import { choice, object, text } from '../../../field.ts'
import { approximated, ignored } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'
import { gatewayDuration, httpName } from './scalars.ts'

const how =
  'the value of the cookie or header is hashed over the endpoints of a backend, so that a session moves when its endpoint goes; rules with several backends share sessions by weight'

/** Keeps a client at the same endpoint. */
export const sessionPersistence = () =>
  object('Keeps a client at the same endpoint.', {
    sessionName: approximated(
      how,
      behaviours.session,
      text('The name of the cookie or header, in older releases.', { maxLength: 128 }),
    ),
    type: approximated(
      `${how}; a header is read but not issued`,
      behaviours.session,
      choice('What carries the session.', ['Cookie', 'Header']),
    ),
    absoluteTimeout: approximated(
      how,
      behaviours.session,
      gatewayDuration('How long a permanent cookie lives.'),
    ),
    idleTimeout: ignored(
      'sessions end with their cookie',
      gatewayDuration('After which pause a session ends.'),
    ),
    cookieConfig: object('The cookie, in older releases.', {
      lifetimeType: approximated(
        how,
        behaviours.session,
        choice('Whether the cookie outlives the browser.', ['Permanent', 'Session']),
      ),
    }),
    cookie: approximated(
      how,
      behaviours.session,
      object('The cookie.', {
        name: httpName('Its name.'),
        lifetimeType: choice('Whether it outlives the browser.', ['Permanent', 'Session']),
        path: text('Its path.', { default: '/', maxLength: 1024 }),
      }),
    ),
    header: approximated(
      how,
      behaviours.session,
      object('The header.', { name: httpName('Its name.') }, ['name']),
    ),
  })
export type SessionPersistence = Static<ReturnType<typeof sessionPersistence>>

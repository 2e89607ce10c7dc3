import type { Static } from 'typebox'
import { object, text } from '../../../field.ts'
import { honoured } from '../../../verdict.ts'
import { referenceField } from '../../reference.ts'

/** `SingleAuthToken` of projects/gloo/api/v1/enterprise/options/ai/ai.proto, honoured as the named test shows. */
export const authTokenField = (test: string) =>
  object('Where the credential comes from; the client’s own when nothing is set.', {
    inline: honoured(test, text('The credential itself.')),
    secretRef: referenceField(test, 'Secret with the single data key Authorization.'),
    passthrough: honoured(test, object('The credential of the client.', {})),
  })

export type AuthToken = Static<ReturnType<typeof authTokenField>>

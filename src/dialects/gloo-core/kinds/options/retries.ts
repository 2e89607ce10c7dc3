import type { Static } from 'typebox'
import { describeFields } from '../../../field.ts'
import { Type } from '../../../type.ts'
import { honoured } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'
import { choice, duration, uint32 } from '../fields/scalars.ts'

/** `RetryPolicy` of projects/gloo/api/v1/options/retries/retries.proto. */
export const RetryPolicy = describeFields(
  Type.Object({
    retryOn: honoured(
      behaviours.retries,
      Type.Optional(
        Type.String({ description: 'Comma-separated conditions such as 5xx,connect-failure.' }),
      ),
    ),
    numRetries: honoured(behaviours.retries, Type.Optional(uint32())),
    perTryTimeout: honoured(behaviours.retries, Type.Optional(duration())),
    retryBackOff: Type.Optional(
      Type.Object({
        baseInterval: honoured(behaviours.retries, Type.Optional(duration())),
        maxInterval: honoured(behaviours.retries, Type.Optional(duration())),
      }),
    ),
    previousPriorities: Type.Optional(
      Type.Object({
        updateFrequency: honoured(behaviours.aiMulti, Type.Optional(uint32())),
      }),
    ),
    retriableStatusCodes: honoured(behaviours.retries, Type.Optional(Type.Array(uint32()))),
    rateLimitedRetryBackOff: Type.Optional(
      Type.Object({
        resetHeaders: Type.Optional(
          Type.Array(
            Type.Object({
              name: honoured(behaviours.retries, Type.Optional(Type.String())),
              format: honoured(
                behaviours.retries,
                Type.Optional(choice(['SECONDS', 'UNIX_TIMESTAMP'])),
              ),
            }),
          ),
        ),
        maxInterval: honoured(behaviours.retries, Type.Optional(duration())),
      }),
    ),
  }),
  {
    retryOn: 'Comma-separated conditions such as 5xx,connect-failure.',
    numRetries: 'How often a request is tried again; 1 by default.',
    perTryTimeout: 'How long one try may take.',
    retryBackOff: 'How long is waited before a try.',
    previousPriorities: 'Leaves out priorities that were tried.',
    retriableStatusCodes: 'Statuses for the condition retriable-status-codes.',
    rateLimitedRetryBackOff: 'Waits as long as an answer asks for.',
  },
)
export type RetryPolicy = Static<typeof RetryPolicy>

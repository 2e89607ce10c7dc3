import type { TSchema } from 'typebox'
import { choice, count, flag, free, integer, list, object, text } from '../../../field.ts'
import { Type } from '../../../type.ts'
import { approximated, honoured, ignored } from '../../../verdict.ts'
import type { RateLimitDescriptor, RateLimitRequest, SetDescriptor } from './limit-spec.ts'

/** How deep descriptors may nest. */
export const maxDescriptorDepth = 6

const rateLimit = (test: string) =>
  object('How many requests pass in a unit of time.', {
    unit: honoured(
      test,
      choice('The unit; it begins on the clock.', ['UNKNOWN', 'SECOND', 'MINUTE', 'HOUR', 'DAY']),
    ),
    requestsPerUnit: honoured(
      test,
      count('Requests per unit; 0 refuses all.', { maximum: 4_294_967_295 }),
    ),
  })

function descriptor(test: string, depth: number): TSchema {
  const tooDeep = `descriptors that nest deeper than ${maxDescriptorDepth} are rejected`
  return object('One entry of a descriptor, and the limit for those that end with it.', {
    key: honoured(test, text('Key of the entry.')),
    value: honoured(test, text('Value of the entry; empty: any, each counted on its own.')),
    rateLimit: rateLimit(test),
    weight: honoured(test, count('Only limits of the highest weight count for a request.')),
    alwaysApply: honoured(test, flag('Whether the limit counts whatever the weights of others.')),
    descriptors:
      depth < maxDescriptorDepth
        ? list('What may follow this entry.', descriptor(test, depth + 1))
        : ignored(tooDeep, list('What may follow this entry.', free('A descriptor.'))),
  })
}

/** `Descriptor` of api/solo.io/rate-limiter/ratelimit.proto, shown at work by the named test. */
export const descriptorsField = (test: string) =>
  Type.Unsafe<readonly RateLimitDescriptor[]>(
    list('Limits by ordered lists of entries.', descriptor(test, 1)),
  )

/** `SetDescriptor` of the same file. */
export const setDescriptorsField = (test: string) =>
  Type.Unsafe<readonly SetDescriptor[]>(
    list(
      'Limits by sets of entries; the first that holds counts.',
      object('A set of entries and its limit.', {
        simpleDescriptors: list(
          'Entries that must all be there, in any order; none: everything.',
          object('One entry.', {
            key: honoured(test, text('Key of the entry.')),
            value: honoured(test, text('Value of the entry; empty: any, each counted on its own.')),
          }),
        ),
        rateLimit: rateLimit(test),
        alwaysApply: honoured(test, flag('Whether the limit counts also behind one that holds.')),
      }),
    ),
  )

const metadataKey = (test: string) =>
  object('A place in the metadata.', {
    key: honoured(test, text('The namespace.')),
    path: list(
      'Keys inside the namespace.',
      object('A step.', { key: honoured(test, text('A key.')) }),
    ),
  })

const headerMatch = (test: string) =>
  object('A condition on a header.', {
    name: honoured(test, text('Name of the header.')),
    exactMatch: honoured(test, text('The whole value.')),
    regexMatch: honoured(test, text('A regular expression (RE2) for the whole value.')),
    rangeMatch: object('A whole number from start to before end.', {
      start: honoured(test, integer('First number.')),
      end: honoured(test, integer('The number behind the last.')),
    }),
    presentMatch: honoured(test, flag('Whether the header must be there.')),
    prefixMatch: honoured(test, text('What the value begins with.')),
    suffixMatch: honoured(test, text('What the value ends with.')),
    invertMatch: honoured(test, flag('Whether the condition must not hold.')),
  })

const action = (test: string) =>
  object('Makes one entry of a descriptor; exactly one field is set.', {
    sourceCluster: honoured(test, free('source_cluster: the gateway itself, which is "gateway".')),
    destinationCluster: approximated(
      'the upstreams of a route with several destinations count as one',
      test,
      free('destination_cluster: the upstream.'),
    ),
    requestHeaders: object('The value of a header.', {
      headerName: honoured(test, text('Name of the header.')),
      descriptorKey: honoured(test, text('Key of the entry.')),
    }),
    remoteAddress: honoured(test, free('remote_address: the address of the client.')),
    genericKey: object('generic_key: always the same.', {
      descriptorValue: honoured(test, text('Value of the entry.')),
    }),
    headerValueMatch: object('header_match: when conditions on headers hold.', {
      descriptorValue: honoured(test, text('Value of the entry.')),
      expectMatch: honoured(test, flag('Whether the conditions must hold; default true.')),
      headers: list('The conditions; all must hold.', headerMatch(test)),
    }),
    metadata: object('A value of the metadata.', {
      descriptorKey: honoured(test, text('Key of the entry.')),
      metadataKey: metadataKey(test),
      defaultValue: honoured(test, text('Value where the metadata has none.')),
      default: honoured(test, text('Another name of defaultValue, which goes first.')),
      source: approximated(
        'metadata of a route is what its envoyMetadata says',
        test,
        choice('Which metadata.', ['DYNAMIC', 'ROUTE_ENTRY']),
        ['DYNAMIC'],
      ),
    }),
  })

/** `RateLimitActions` of the same file. */
export const rateLimitsField = (test: string) =>
  Type.Unsafe<readonly RateLimitRequest[]>(
    list(
      'Descriptors that are made of a request; it is refused when one of them is above its limit.',
      object('One descriptor.', {
        actions: list('Its entries in order.', action(test)),
        setActions: list('Its entries as a set.', action(test)),
        limit: object('A limit in place of the one of the descriptors.', {
          dynamicMetadata: object('Where the metadata may hold it.', {
            metadataKey: metadataKey(test),
          }),
        }),
      }),
    ),
  )

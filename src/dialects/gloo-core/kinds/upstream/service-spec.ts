import { free, object } from '../../../field.ts'
import { ignored } from '../../../verdict.ts'

const reason = 'requests are forwarded as they are, without calling functions'

/** `ServiceSpec` of projects/gloo/api/v1/options/service_spec.proto. */
export const serviceSpec = object('Functions that the service offers.', {
  rest: ignored(reason, free('Functions over REST.')),
  grpc: ignored(reason, free('Functions over gRPC.')),
  grpcJsonTranscoder: ignored(reason, free('Translation of JSON to gRPC.')),
  graphql: ignored(reason, free('Functions over GraphQL.')),
})

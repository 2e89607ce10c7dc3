import { choice, count, flag, list, object, text } from '../../../field.ts'
import { serviceSpec } from './service-spec.ts'

const secretRef = object('Secret with the credential.', {
  name: text('Name of the Secret.'),
  namespace: text('Namespace of the Secret.'),
})

/** `UpstreamSpec` of projects/gloo/api/v1/options/pipe/pipe.proto. */
export const PipeSpec = object('A Unix socket.', {
  path: text('Path of the socket.'),
  serviceSpec,
})

/** `UpstreamSpec` of projects/gloo/api/v1/options/aws/aws.proto. */
export const AwsSpec = object('AWS Lambda functions.', {
  region: text('Region.'),
  secretRef,
  lambdaFunctions: list(
    'The functions.',
    object('A function.', {
      logicalName: text('Name in routes.'),
      lambdaFunctionName: text('Name at AWS.'),
      qualifier: text('Version or alias.'),
    }),
  ),
  roleArn: text('Role that is taken on.'),
  awsAccountId: text('Account of the functions.'),
  disableRoleChaining: flag('Whether the role is taken on directly.'),
  destinationOverrides: object('Defaults of destinations.', {
    logicalName: text('Name in routes.'),
    invocationStyle: choice('Whether the caller waits.', ['SYNC', 'ASYNC']),
    requestTransformation: flag('Whether the request is wrapped.'),
    responseTransformation: flag('Whether the answer is unwrapped.'),
    unwrapAsAlb: flag('Whether the answer is one for a load balancer.'),
    unwrapAsApiGateway: flag('Whether the answer is one for API Gateway.'),
    wrapAsApiGateway: flag('Whether the request is wrapped as API Gateway does.'),
  }),
})

/** `UpstreamSpec` of projects/gloo/api/v1/options/azure/azure.proto. */
export const AzureSpec = object('Azure Functions.', {
  functionAppName: text('Name of the app.'),
  secretRef,
  functions: list(
    'The functions.',
    object('A function.', {
      functionName: text('Its name.'),
      authLevel: choice('What callers need.', ['Anonymous', 'Function', 'Admin']),
    }),
  ),
})

/** `UpstreamSpec` of projects/gloo/api/v1/options/consul/consul.proto. */
export const ConsulSpec = object('A service in Consul.', {
  serviceName: text('Its name.'),
  serviceTags: list('Tags of the service.', text('A tag.')),
  subsetTags: list('Tags that divide it.', text('A tag.')),
  instanceTags: list('Tags that instances need.', text('A tag.')),
  instanceBlacklistTags: list('Tags that instances must not have.', text('A tag.')),
  serviceSpec,
  consistencyMode: choice('How fresh answers must be.', [
    'DefaultMode',
    'StaleMode',
    'ConsistentMode',
  ]),
  queryOptions: object('How Consul is asked.', {
    useCache: flag('Whether cached answers do.'),
  }),
  connectEnabled: flag('Whether Consul Connect is used.'),
  dataCenters: list('Data centres.', text('A data centre.')),
})

/** `UpstreamSpec` of projects/gloo/api/v1/options/aws/ec2/aws_ec2.proto. */
export const AwsEc2Spec = object('Machines at AWS EC2.', {
  region: text('Region.'),
  secretRef,
  roleArn: text('Role that is taken on.'),
  filters: list(
    'Which machines.',
    object('A condition.', {
      key: text('A tag that must be there.'),
      kvPair: object('A tag with its value.', {
        key: text('The tag.'),
        value: text('Its value.'),
      }),
    }),
  ),
  publicIp: flag('Whether public addresses are used.'),
  port: count('Port.'),
})

/** `UpstreamSpec` of projects/gloo/api/v1/enterprise/options/gcp/gcp.proto. */
export const GcpSpec = object('A service at Google Cloud.', {
  host: text('Its host.'),
  audience: text('Audience of the token.'),
})

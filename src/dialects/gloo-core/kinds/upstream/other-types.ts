import { choice, count, flag, list, object, text } from '../../../field.ts'
import { ignored } from '../../../verdict.ts'
import { serviceSpec } from './service-spec.ts'

const reason = 'an Upstream of this type is rejected: only static and kube Upstreams are served'
const no = <Schema extends object>(schema: Schema) => ignored(reason, schema)

const secretRef = object('Secret with the credential.', {
  name: no(text('Name of the Secret.')),
  namespace: no(text('Namespace of the Secret.')),
})

/** `UpstreamSpec` of projects/gloo/api/v1/options/pipe/pipe.proto. */
export const PipeSpec = object('A Unix socket.', {
  path: no(text('Path of the socket.')),
  serviceSpec,
})

/** `UpstreamSpec` of projects/gloo/api/v1/options/aws/aws.proto. */
export const AwsSpec = object('AWS Lambda functions.', {
  region: no(text('Region.')),
  secretRef,
  lambdaFunctions: list(
    'The functions.',
    object('A function.', {
      logicalName: no(text('Name in routes.')),
      lambdaFunctionName: no(text('Name at AWS.')),
      qualifier: no(text('Version or alias.')),
    }),
  ),
  roleArn: no(text('Role that is taken on.')),
  awsAccountId: no(text('Account of the functions.')),
  disableRoleChaining: no(flag('Whether the role is taken on directly.')),
  destinationOverrides: object('Defaults of destinations.', {
    logicalName: no(text('Name in routes.')),
    invocationStyle: no(choice('Whether the caller waits.', ['SYNC', 'ASYNC'])),
    requestTransformation: no(flag('Whether the request is wrapped.')),
    responseTransformation: no(flag('Whether the answer is unwrapped.')),
    unwrapAsAlb: no(flag('Whether the answer is one for a load balancer.')),
    unwrapAsApiGateway: no(flag('Whether the answer is one for API Gateway.')),
    wrapAsApiGateway: no(flag('Whether the request is wrapped as API Gateway does.')),
  }),
})

/** `UpstreamSpec` of projects/gloo/api/v1/options/azure/azure.proto. */
export const AzureSpec = object('Azure Functions.', {
  functionAppName: no(text('Name of the app.')),
  secretRef,
  functions: list(
    'The functions.',
    object('A function.', {
      functionName: no(text('Its name.')),
      authLevel: no(choice('What callers need.', ['Anonymous', 'Function', 'Admin'])),
    }),
  ),
})

/** `UpstreamSpec` of projects/gloo/api/v1/options/consul/consul.proto. */
export const ConsulSpec = object('A service in Consul.', {
  serviceName: no(text('Its name.')),
  serviceTags: no(list('Tags of the service.', text('A tag.'))),
  subsetTags: no(list('Tags that divide it.', text('A tag.'))),
  instanceTags: no(list('Tags that instances need.', text('A tag.'))),
  instanceBlacklistTags: no(list('Tags that instances must not have.', text('A tag.'))),
  serviceSpec,
  consistencyMode: no(
    choice('How fresh answers must be.', ['DefaultMode', 'StaleMode', 'ConsistentMode']),
  ),
  queryOptions: object('How Consul is asked.', {
    useCache: no(flag('Whether cached answers do.')),
  }),
  connectEnabled: no(flag('Whether Consul Connect is used.')),
  dataCenters: no(list('Data centres.', text('A data centre.'))),
})

/** `UpstreamSpec` of projects/gloo/api/v1/options/aws/ec2/aws_ec2.proto. */
export const AwsEc2Spec = object('Machines at AWS EC2.', {
  region: no(text('Region.')),
  secretRef,
  roleArn: no(text('Role that is taken on.')),
  filters: list(
    'Which machines.',
    object('A condition.', {
      key: no(text('A tag that must be there.')),
      kvPair: object('A tag with its value.', {
        key: no(text('The tag.')),
        value: no(text('Its value.')),
      }),
    }),
  ),
  publicIp: no(flag('Whether public addresses are used.')),
  port: no(count('Port.')),
})

/** `UpstreamSpec` of projects/gloo/api/v1/enterprise/options/gcp/gcp.proto. */
export const GcpSpec = object('A service at Google Cloud.', {
  host: no(text('Its host.')),
  audience: no(text('Audience of the token.')),
})

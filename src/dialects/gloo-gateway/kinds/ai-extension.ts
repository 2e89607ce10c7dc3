import type { Static } from 'typebox'
import { flag, free, integer, list, object, text } from '../../field.ts'
import { honoured, ignored } from '../../verdict.ts'
import { behaviours } from './behaviours.ts'

const inside = 'calls to models are served by the gateway itself, without a container beside it'

const customLabel = object('A label of usage metrics.', {
  name: honoured(
    behaviours.usageLabels,
    // Names with two underscores in front are Prometheus’ own.
    text('Its name.', { pattern: '^([a-zA-Z]|_[a-zA-Z0-9])[a-zA-Z0-9_]*$' }),
  ),
  metadataNamespace: honoured(
    behaviours.usageLabels,
    text('Where its value stands; empty: the claims of the token.'),
  ),
  metadataKey: honoured(
    behaviours.usageLabels,
    text('The key of its value, such as principal:team.'),
  ),
  keyDelimiter: honoured(behaviours.usageLabels, text('What separates nested keys; empty: ":".')),
})

const port = object('A port of the container.', {
  name: honoured(
    behaviours.metricsPort,
    text('Its name; usage metrics are read at the first whose name ends with -monitoring.'),
  ),
  containerPort: honoured(
    behaviours.metricsPort,
    integer('Its number.', { minimum: 1, maximum: 65_535 }),
  ),
  protocol: ignored('metrics are read by TCP', text('TCP.')),
  hostIP: ignored(inside, text('An address.')),
  hostPort: ignored(inside, integer('A number.')),
})

/** How a gateway serves calls to language models. */
export const aiExtension = object('How the gateway serves calls to language models.', {
  enabled: honoured(
    behaviours.metricsPort,
    flag(
      'Show usage metrics at a port of the gateway, to whoever reaches it. Calls to models are served anyway.',
    ),
  ),
  image: ignored(inside, free('The image of the container.')),
  securityContext: ignored(inside, free('What the container may do.')),
  resources: ignored(inside, free('What the container may use.')),
  env: ignored(inside, list('The environment of the container.', free('A variable.'))),
  ports: list('Ports of the container.', port),
  stats: object('What is counted.', {
    customLabels: list('Further labels of usage metrics.', customLabel),
  }),
  tracing: ignored('no traces are sent', free('Where traces go.')),
})
export type AiExtension = Static<typeof aiExtension>

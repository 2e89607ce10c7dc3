/**
 * Titles of the behaviour tests that show the fields of this dialect's own kinds at work. A field that is honoured
 * names one of them, so that schema and tests cannot drift apart.
 */
export const behaviours = {
  directResponse: 'a direct response answers in the place of a backend',
  parameters: 'parameters of a gateway reach its service',
  metricsPort: 'parameters of a gateway open its metrics port',
  usageLabels: 'usage metrics of a gateway carry its custom labels',
} as const

export interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
}

/** Upper bounds of the duration buckets: from a redirect of the gateway's own to a long answer of a model. */
export const durationBoundsSeconds = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300,
] as const

/** Every metric of the program. A metric that is not here is not written. */
const metricDefinitions = {
  sluice_requests_total: {
    type: 'counter',
    help: 'Requests by route, backend and status; status 0: the client left before there was one.',
  },
  sluice_request_duration_seconds: {
    type: 'histogram',
    help: 'Time from the head of a request to the end of its answer.',
  },
  sluice_request_bytes_total: { type: 'counter', help: 'Bytes of request bodies.' },
  sluice_response_bytes_total: { type: 'counter', help: 'Bytes of response bodies.' },
  sluice_upstream_attempts_total: {
    type: 'counter',
    help: 'Tries at an upstream by backend and result: the class of its status, or error.',
  },
  sluice_upstream_retries_total: {
    type: 'counter',
    help: 'Tries at an upstream beyond the first one of a request.',
  },
  sluice_errors_total: {
    type: 'counter',
    help: 'Requests that the gateway itself ended, by reason.',
  },
  sluice_masked_credentials_total: {
    type: 'counter',
    help: 'Credentials of the gateway that upstreams repeated in errors and clients were not shown.',
  },
  sluice_model_calls_total: {
    type: 'counter',
    help: 'Calls to models by provider, status and where the count of their tokens comes from.',
  },
  sluice_guard_masked_total: {
    type: 'counter',
    help: 'Stretches of text that prompt guards have masked in requests and answers, by gateway.',
  },
  sluice_guard_overflows_total: {
    type: 'counter',
    help: 'How often a stream held back more text for a prompt guard than it may, by gateway.',
  },
  ai_prompt_tokens_total: { type: 'counter', help: 'Tokens that models have read.' },
  ai_completion_tokens_total: { type: 'counter', help: 'Tokens that models have written.' },
  ai_rate_limited_tokens_total: {
    type: 'counter',
    help: 'Tokens that rate limits have charged, calls that they refused included.',
  },
  gloo_completion_tokens: {
    type: 'counter',
    help: 'The same as ai_completion_tokens_total, under the name that dashboards for Gloo ask for.',
  },
  sluice_active_requests: { type: 'gauge', help: 'Requests being served.' },
  sluice_active_connections: { type: 'gauge', help: 'Open client connections by listener.' },
  sluice_connections_refused_total: {
    type: 'counter',
    help: 'Connections and requests that ended before they had a route, by reason.',
  },
  sluice_access_log_lost_lines_total: {
    type: 'counter',
    help: 'Lines of the access log that its destination did not take.',
  },
  sluice_limit_uncounted_hits_total: {
    type: 'counter',
    help: 'Hits on counters of limits that could not be counted, as when Redis is away.',
  },
  sluice_limit_shared_hits_total: {
    type: 'counter',
    help: 'Hits counted together with those of others, as the table of counters is full: use a larger --limit-counters.',
  },
  sluice_limit_store_connected: {
    type: 'gauge',
    help: 'Threads that can count limits: 0 for one whose Redis server is away.',
  },
  sluice_event_loop_delay_seconds: {
    type: 'gauge',
    help: 'How late the event loop of a thread was since the last reading.',
  },
  sluice_heap_used_bytes: { type: 'gauge', help: 'JavaScript heap in use by a thread.' },
  sluice_thread_start_time_seconds: {
    type: 'gauge',
    help: 'When a thread began, in seconds since 1970.',
  },
  sluice_resident_memory_bytes: { type: 'gauge', help: 'Memory of the whole process.' },
  sluice_endpoint_healthy: {
    type: 'gauge',
    help: 'Whether the health checks of an endpoint pass (1) or not (0).',
  },
  sluice_configuration_generation: {
    type: 'gauge',
    help: 'Generation of the configuration in force.',
  },
  sluice_configuration_build_seconds: {
    type: 'gauge',
    help: 'Time that the latest configuration took from change to publication.',
  },
  sluice_configuration_failures_total: {
    type: 'counter',
    help: 'Configurations that a worker could not take.',
  },
  sluice_configuration_warnings: {
    type: 'gauge',
    help: 'Fields of objects that are ignored or approximated, by kind.',
  },
} as const satisfies Record<string, MetricDefinition>

export type MetricName = keyof typeof metricDefinitions

/** The definition of a name that may come from elsewhere. */
export function findMetricDefinition(name: string): MetricDefinition | undefined {
  return Object.hasOwn(metricDefinitions, name) ? metricDefinitions[name as MetricName] : undefined
}

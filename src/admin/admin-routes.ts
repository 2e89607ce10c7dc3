import { metricsContentType } from '../telemetry/metrics-registry.ts'
import { type AdminRoute, jsonAnswer, textAnswer } from './admin-route.ts'
import { maskCredentials } from './mask-credentials.ts'

/** What the admin API shows. */
export interface AdminSubject {
  /** Undefined when everything is in force; else what is still missing. */
  readonly notReadyReason: () => string | undefined
  readonly writeMetrics: () => Promise<string>
  /** The configuration in force; credentials that manifests hold in clear are masked before it is shown. */
  readonly configuration: () => unknown
}

/** Health and metrics for everybody, the configuration for those with the token. */
export function createAdminRoutes(subject: AdminSubject): readonly AdminRoute[] {
  return [
    { method: 'GET', path: '/healthz', public: true, handle: () => textAnswer(200, 'ok') },
    {
      method: 'GET',
      path: '/readyz',
      public: true,
      handle() {
        const reason = subject.notReadyReason()
        return reason === undefined ? textAnswer(200, 'ok') : textAnswer(503, reason)
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      public: true,
      handle: async () => ({
        status: 200,
        contentType: metricsContentType,
        body: await subject.writeMetrics(),
      }),
    },
    {
      method: 'GET',
      path: '/config',
      public: false,
      handle: () => jsonAnswer(maskCredentials(subject.configuration())),
    },
  ]
}

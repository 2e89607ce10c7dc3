import type { Static } from 'typebox'
import { Type } from '../../../type.ts'
import { approximated, honoured, ignored } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'
import { choice, ignoredTree, uint32 } from '../fields/scalars.ts'

const test = behaviours.accessLogs

const comparison = () =>
  Type.Optional(
    Type.Object({
      comparison: Type.Optional(
        Type.Object({
          op: honoured(test, Type.Optional(choice(['EQ', 'GE', 'LE']))),
          value: Type.Optional(
            Type.Object({
              defaultValue: honoured(test, Type.Optional(uint32())),
              runtimeKey: ignored('there is no runtime to ask', Type.Optional(Type.String())),
            }),
          ),
        }),
      ),
    }),
  )

/** Filters inside of filters have the same fields again, which a schema of Kubernetes cannot say. */
const innerFilters = () =>
  Type.Optional(
    Type.Object({
      filters: honoured(
        test,
        Type.Optional(
          Type.Unsafe<readonly Readonly<Record<string, unknown>>[]>({
            type: 'array',
            items: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
          }),
        ),
      ),
    }),
  )

const notWritten = (what: string) =>
  ignoredTree(`${what}; a log that asks for it is not written, and the status says so`)

const AccessLogFilter = Type.Object({
  statusCodeFilter: comparison(),
  durationFilter: comparison(),
  notHealthCheckFilter: honoured(test, Type.Optional(Type.Object({}))),
  traceableFilter: notWritten('requests are not traced'),
  runtimeFilter: Type.Optional(
    Type.Object({
      runtimeKey: ignored('there is no runtime to ask', Type.Optional(Type.String())),
      percentSampled: Type.Optional(
        Type.Object({
          numerator: honoured(test, Type.Optional(uint32())),
          denominator: honoured(
            test,
            Type.Optional(choice(['HUNDRED', 'TEN_THOUSAND', 'MILLION'])),
          ),
        }),
      ),
      useIndependentRandomness: ignored(
        'each request is drawn by itself',
        Type.Optional(Type.Boolean()),
      ),
    }),
  ),
  andFilter: innerFilters(),
  orFilter: innerFilters(),
  headerFilter: Type.Optional(
    Type.Object({
      header: Type.Optional(
        Type.Object({
          name: honoured(test, Type.Optional(Type.String())),
          value: honoured(test, Type.Optional(Type.String())),
          regex: honoured(test, Type.Optional(Type.Boolean())),
          invertMatch: honoured(test, Type.Optional(Type.Boolean())),
        }),
      ),
    }),
  ),
  responseFlagFilter: Type.Optional(
    Type.Object({ flags: honoured(test, Type.Optional(Type.Array(Type.String()))) }),
  ),
  grpcStatusFilter: notWritten('the status of gRPC is not known'),
})
export type AccessLogFilter = Static<typeof AccessLogFilter>

const FileSink = Type.Object({
  path: approximated(
    'lines go to the standard output of the process, or to its standard error for /dev/stderr',
    test,
    Type.Optional(Type.String()),
    ['/dev/stdout', '/dev/stderr'],
  ),
  stringFormat: honoured(
    test,
    Type.Optional(
      Type.String({ description: 'With Envoy’s operators; credentials in headers are masked.' }),
    ),
  ),
  jsonFormat: honoured(
    test,
    Type.Optional(
      Type.Unsafe<Readonly<Record<string, unknown>>>({
        type: 'object',
        description: 'Texts hold Envoy’s operators; one that stands alone keeps its type.',
        'x-kubernetes-preserve-unknown-fields': true,
      }),
    ),
  ),
})

const AccessLog = Type.Object({
  fileSink: Type.Optional(FileSink),
  grpcService: notWritten('logs are not sent by gRPC'),
  openTelemetryService: notWritten('logs are not sent by OpenTelemetry'),
  filter: Type.Optional(AccessLogFilter),
})

/** `AccessLoggingService` of projects/gloo/api/v1/options/als/als.proto. */
export const AccessLoggingService = Type.Object({
  accessLog: Type.Optional(Type.Array(AccessLog)),
})
export type AccessLoggingService = Static<typeof AccessLoggingService>

import type { AccessLog, AccessLogFormat } from '../../../../ir/access-log.ts'
import type { Origin } from '../../../../ir/origin.ts'
import {
  parseTemplate,
  type TemplateOperator,
} from '../../../../lib/operators/operator-template.ts'
import { operatorsWithoutValue } from '../../../../lib/operators/operators-without-value.ts'
import type { AccessLoggingService } from '../../kinds/listener-options/access-log.ts'
import { fieldOf, placeOf } from '../place.ts'
import { FilterError, translateLogFilter } from './access-log-filter.ts'

type LogConfig = NonNullable<AccessLoggingService['accessLog']>[number]

interface ReadLogs {
  readonly logs: readonly AccessLog[]
  readonly errors: readonly string[]
  readonly warnings: readonly string[]
}

/** What Envoy writes where nothing else is asked for. */
const defaultTemplate =
  '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%"\n'

const outputs: Readonly<Record<string, AccessLog['destination']>> = {
  '/dev/stdout': 'stdout',
  '/dev/stderr': 'stderr',
}

/** Reads the logs of an `accessLoggingService` that stands at `origin`; one that cannot be written is left out. */
export function readAccessLogs(service: AccessLoggingService, origin: Origin): ReadLogs {
  const errors: string[] = []
  const warnings: string[] = []
  const logs = (service.accessLog ?? []).flatMap((config, index): readonly AccessLog[] => {
    const place = fieldOf(origin, `accessLog[${index}]`)
    try {
      return [translateLog(config, place, warnings)]
    } catch (error) {
      if (!(error instanceof FilterError)) throw error
      errors.push(`*als.plugin: ${placeOf(place)} is not written: ${error.message}`)
      return []
    }
  })
  return { logs, errors, warnings }
}

function translateLog(
  { fileSink, filter }: LogConfig,
  origin: Origin,
  warnings: string[],
): AccessLog {
  if (fileSink === undefined) throw new FilterError('only fileSink is supported')
  const { path = '/dev/stdout' } = fileSink
  const destination = outputs[path]
  if (destination === undefined) {
    warnings.push(
      `${placeOf(fieldOf(origin, 'fileSink.path'))}: '${path}' is not written; the lines go to the standard output`,
    )
  }
  const format = formatOf(fileSink)
  const missing = operatorsIn(format).filter((name) => operatorsWithoutValue.has(name))
  if (missing.length > 0) {
    const names = [...new Set(missing)].map((name) => `%${name}%`).join(', ')
    warnings.push(`${placeOf(fieldOf(origin, 'fileSink'))}: there is no value here for ${names}`)
  }
  return {
    origin,
    destination: destination ?? 'stdout',
    format,
    filter: filter && translateLogFilter(filter),
  }
}

/** The names of the operators of a format, as far as its templates can be read. */
function operatorsIn(format: AccessLogFormat): readonly string[] {
  const parts = format.type === 'text' ? parseTemplate(format.template) : textsIn(format.fields)
  if ('error' in parts) return []
  return parts.flatMap((part) => (typeof part === 'string' ? [] : [part.name]))
}

/** The parts of all templates within the fields of a JSON format. */
function textsIn(value: unknown): readonly (string | TemplateOperator)[] {
  if (typeof value === 'string') {
    const parts = parseTemplate(value)
    return 'error' in parts ? [] : parts
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

function formatOf({
  stringFormat,
  jsonFormat,
}: NonNullable<LogConfig['fileSink']>): AccessLogFormat {
  if (stringFormat && jsonFormat !== undefined) {
    throw new FilterError('only one of stringFormat and jsonFormat may be set')
  }
  return jsonFormat === undefined
    ? { type: 'text', template: stringFormat || defaultTemplate }
    : { type: 'json', fields: jsonFormat }
}

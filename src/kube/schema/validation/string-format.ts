import { isIPv4, isIPv6 } from 'node:net'

const label = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/
const dateTime =
  /^(\d{4}-\d{2}-\d{2})[Tt]([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/
const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i
const mac = /^(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i
/** Go's `time.ParseDuration`. */
const duration = /^[+-]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/

/**
 * The formats that Kubernetes checks and manifests use; it accepts every other one unchecked
 * (https://kubernetes.io/docs/reference/generated/kubernetes-api/, JSONSchemaProps.format).
 */
const checkByFormat: ReadonlyMap<string, (value: string) => boolean> = new Map([
  ['date', isDate],
  ['date-time', (value) => isDate(dateTime.exec(value)?.[1] ?? '')],
  ['datetime', (value) => isDate(dateTime.exec(value)?.[1] ?? '')],
  ['duration', (value) => duration.test(value)],
  ['ipv4', isIPv4],
  ['ipv6', isIPv6],
  ['cidr', isCidr],
  ['mac', (value) => mac.test(value)],
  ['uuid', (value) => uuid.test(value)],
  ['uuid3', (value) => uuid.test(value)],
  ['uuid4', (value) => uuid.test(value)],
  ['uuid5', (value) => uuid.test(value)],
  ['uri', (value) => value.startsWith('/') || URL.canParse(value)],
  ['hostname', isHostname],
  ['email', (value) => value.length <= 320 && /^[^\s@]+@[^\s@]+$/.test(value)],
  ['byte', isBase64],
])

/** Whether `value` has the format; undefined for formats that are not checked. */
export function findFormatCheck(format: string): ((value: string) => boolean) | undefined {
  return checkByFormat.get(format)
}

function isDate(value: string): boolean {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value)
  if (parts === null) return false
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])]
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

function isCidr(value: string): boolean {
  const [address = '', prefix = '', ...rest] = value.split('/')
  if (rest.length > 0 || !/^\d{1,3}$/.test(prefix)) return false
  if (isIPv4(address)) return Number(prefix) <= 32
  return isIPv6(address) && Number(prefix) <= 128
}

function isHostname(value: string): boolean {
  return value.length <= 253 && value.split('.').every((part) => label.test(part))
}

function isBase64(value: string): boolean {
  return value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value)
}

const [minute, hour, day, year] = [60, 3600, 86_400, 31_536_000]

/** A duration as kubectl prints ages: `45s`, `3m12s`, `7h`, `2d5h`, `3y40d`. */
export function humanDuration(durationMs: number): string {
  const seconds = Math.floor(durationMs / 1000)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 2 * minute) return `${seconds}s`
  if (seconds < 10 * minute) return pair(seconds, minute, 'm', 's')
  if (seconds < 3 * hour) return `${Math.floor(seconds / minute)}m`
  if (seconds < 8 * hour) return pair(Math.floor(seconds / minute), 60, 'h', 'm')
  if (seconds < 2 * day) return `${Math.floor(seconds / hour)}h`
  if (seconds < 8 * day) return pair(Math.floor(seconds / hour), 24, 'd', 'h')
  if (seconds < 2 * year) return `${Math.floor(seconds / day)}d`
  if (seconds < 8 * year) return pair(Math.floor(seconds / day), 365, 'y', 'd')
  return `${Math.floor(seconds / year)}y`
}

function pair(count: number, perLarge: number, large: string, small: string): string {
  const rest = count % perLarge
  return `${Math.floor(count / perLarge)}${large}${rest === 0 ? '' : `${rest}${small}`}`
}

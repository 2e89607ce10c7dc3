import { compileSearches } from '../../src/policies/prompt-guard/redaction/compile-searches.ts'
import { TextRedactor } from '../../src/policies/prompt-guard/redaction/text-redactor.ts'

/**
 * Masking the small texts of streamed events: 30 patterns and all built-in detectors over 512 streams that take turns.
 * Run: node bench/micro/guarded-events.ts
 */
const words =
  `The quick brown fox jumps over the lazy dog while 12 engineers (aged 25-40) in Room 4711 discuss the
quarterly report of 2025: revenue rose by 3.5% to $12,345,678 and https://example.com/report?id=42&page=7 has details.
Write to john.doe@example.com or call 212-736-5000. const total = items.reduce((sum, item) => sum + item.price, 0);`
    .split(/(?<=\s)/)
    .map((word) => word.replace('\n', ' '))

const nouns = [
  'password',
  'secret',
  'token',
  'api key',
  'account',
  'salary',
  'diagnosis',
  'codename',
]
const custom = [
  ...nouns.map((noun) => `\\b${noun}\\b\\s*[:=]\\s*\\S+`),
  ...nouns.map((noun) => `\\binternal[ -]${noun}s?\\b`),
  ...nouns.map((noun, index) => `${noun.slice(0, 3)}-[0-9]{${index + 3}}\\b`),
  'AKIA[0-9A-Z]{16}',
  'gh[pousr]_[A-Za-z0-9]{36,}',
  'sk-[A-Za-z0-9]{20,}',
  '-----BEGIN [A-Z ]+-----',
  '\\b[A-Z]{2}[0-9]{2}(?: ?[0-9A-Z]{4}){3,7}\\b',
  'project (?:apollo|zeus|hermes)',
].map((pattern) => ({ pattern, name: undefined }))

const startMs = performance.now()
const searches = compileSearches({
  custom,
  detectors: ['credit-card', 'ssn', 'phone-number', 'email'],
})
if ('type' in searches) throw new Error(searches.message)
console.log(`${custom.length} patterns compiled in ${(performance.now() - startMs).toFixed(1)} ms`)

const options = {
  style: 'label',
  maxHeldBytes: 4096,
  maxHeldMs: 500,
  onOverflow: 'mask',
} as const
const streams = 512
const events = 256

/** Microseconds of CPU for each event. */
function measure(compiled: typeof searches): number {
  if ('type' in compiled) throw new Error(compiled.message)
  const redactors = Array.from({ length: streams }, () => new TextRedactor(compiled, options))
  const before = process.cpuUsage()
  let length = 0
  for (let event = 0; event < events; event += 1) {
    for (let stream = 0; stream < streams; stream += 1) {
      const word = words[(event + stream * 7) % words.length] ?? ''
      length += redactors[stream]?.push(word, event * 20).length ?? 0
    }
  }
  for (const redactor of redactors) length += redactor.end().length
  const { user, system } = process.cpuUsage(before)
  if (length === 0) throw new Error('no output')
  return (user + system) / (streams * events)
}

const first = measure(searches)
const rest = Array.from({ length: 7 }, () => measure(searches))
console.log(`first run ${first.toFixed(2)} µs, then at best ${Math.min(...rest).toFixed(2)} µs`)
console.log(`${searches.set.simulatedSteps} simulated steps`)

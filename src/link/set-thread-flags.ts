import { setFlagsFromString } from 'node:v8'

/**
 * Half of the space for young objects, in MiB, of threads that start from now on. V8's own choice grows to 55 MB per
 * thread under load; with this it is 15 MB, and a process with one thread takes 183 MB instead of 220 at the same CPU
 * per request. `resourceLimits` of a thread does not hold it back.
 */
const semiSpaceMebibytes = 8

/**
 * Every gateway thread has a core of its own and keeps it busy, so there is none left for helpers of the collector: they took the
 * thread's own core for 7 to 17 ms at a stretch. Alone, a thread marks in steps of a tenth of a millisecond: of 512 streams that begin
 * the slowest hundredth waits 3 ms for its first event instead of 6 (2 to 4 without a gateway), at the same CPU per event.
 * V8's other flags of this kind must not change once it runs.
 */
const collectorFlags = [
  '--no-concurrent-marking',
  '--no-parallel-scavenge',
  // Events that are held until the next one comes look long-lived, and V8 would make all of their kind among old objects: a guarded
  // event then takes 37 µs of CPU instead of 33.
  '--no-allocation-site-pretenuring',
]

/** How V8 manages the memory of threads that start from now on. */
export function setThreadFlags(): void {
  setFlagsFromString(`--max-semi-space-size=${semiSpaceMebibytes}`)
  for (const flag of collectorFlags) setFlagsFromString(flag)
}

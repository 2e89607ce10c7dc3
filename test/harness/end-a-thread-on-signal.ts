// Loaded into a Sluice under test by NODE_OPTIONS, so that the program itself needs no door for it:
// each SIGUSR2 ends the gateway thread that has run longest.
import { isMainThread, type Worker } from 'node:worker_threads'

if (isMainThread) {
  const threads: Worker[] = []
  process.on('worker', (thread: Worker) => threads.push(thread))
  process.on('SIGUSR2', () => void threads.shift()?.terminate())
}

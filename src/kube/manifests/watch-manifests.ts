import { type FSWatcher, statSync, watch } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { type Clock, systemClock } from '../../lib/time/clock.ts'

const quietMs = 100

/**
 * Calls back when something under the paths has changed and then rested for a moment. Returns how to stop.
 * Files are watched through their folder, because editors replace them by another of the same name.
 */
export function watchManifests(
  paths: readonly string[],
  onChanged: () => void,
  clock: Clock = systemClock,
): () => void {
  let cancel: (() => void) | undefined
  const changed = () => {
    cancel?.()
    cancel = clock.schedule(quietMs, onChanged)
  }
  const watchers = paths.map((path) => watchPath(resolve(path), changed))
  return () => {
    cancel?.()
    for (const watcher of watchers) watcher.close()
  }
}

function watchPath(path: string, changed: () => void): FSWatcher {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
  const watcher = isFolder
    ? watch(path, { recursive: true }, changed)
    : watch(dirname(path), (_, name) => {
        if (name === null || name === basename(path)) changed()
      })
  // A folder that goes away ends its watch; what was in it is found missing.
  watcher.on('error', changed)
  return watcher
}

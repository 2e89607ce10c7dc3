import type { KubeObject } from './kube-object.ts'

const kept = new WeakMap<KubeObject, string>()
let written: { readonly object: KubeObject; readonly json: string } | undefined

/** The JSON of an object that is written. It is remembered until the next one is: the answer to the write follows at once. */
export function writeJsonOf(object: KubeObject): string {
  const json = JSON.stringify(object)
  written = { object, json }
  return json
}

/** The JSON of an object that is read. Objects are frozen and shared, so that hundreds of watches cost one encoding. */
export function readJsonOf(object: KubeObject): string {
  const known = kept.get(object)
  if (known !== undefined) return known
  const json = written?.object === object ? written.json : JSON.stringify(object)
  kept.set(object, json)
  return json
}

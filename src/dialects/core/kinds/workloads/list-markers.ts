/** Markers of a list whose entries are told apart, and merged, by several fields. */
export const keyed = (keys: readonly [string, ...string[]]) =>
  ({
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': keys,
    'x-kubernetes-patch-strategy': 'merge',
    'x-kubernetes-patch-merge-key': keys[0],
  }) as const

/** The same for one field. */
export const byKey = (key: string) => keyed([key])

/** Annotations, on the object that holds a guard, that say how streams are guarded; Gloo has no fields for it. */
export const guardAnnotations = {
  maxHeldBytes: 'sluice.dev/guard-max-held-bytes',
  maxHeldMs: 'sluice.dev/guard-max-held-ms',
  onOverflow: 'sluice.dev/guard-on-overflow',
} as const

/**
 * The memory of a table of counters: a header, the locks, slots of eight 32-bit cells each, and for each length of a window slots of
 * the same form in which counters that find no other share.
 *
 * | Cells of a slot | Hold |
 * | --- | --- |
 * | 0 | Unix time in seconds at which the window ends; 0: never used; -1: being taken |
 * | 1 | unused |
 * | 2–5 | 128-bit hash of key and window |
 * | 6–7 | the total, one 64-bit cell |
 */
export const layout = {
  /** Header cells: the number of slots, and from `secretCell` on the key of the hash. */
  slotCountCell: 0,
  secretCell: 4,
  secretCells: 4,
  headerCells: 16,
  lockCells: 256,
  slotCells: 8,
  expiryCell: 0,
  hashCell: 2,
  hashCells: 4,
  totalCell: 6,
} as const

/** The cell at which the slots begin. */
export const firstSlotCell = layout.headerCells + layout.lockCells

/** How many slots are shared by counters of the same window, beside so many of their own. */
export const sharedSlotsOf = (slots: number) => Math.ceil(slots / 16)

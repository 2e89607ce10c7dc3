import { windowSeconds } from '../counter-store.ts'
import { createReservationMemory } from './reservation-records.ts'
import { firstSlotCell, layout, sharedSlotsOf } from './table-layout.ts'

/** Memory that all threads of a process count in. */
export interface CounterMemory {
  readonly counters: SharedArrayBuffer
  readonly reservations: SharedArrayBuffer
}

/**
 * New memory for `slots` counters and the reservations of `owners` threads. `secret` keys the hash, so that nobody outside can choose
 * keys that collide; at least 16 bytes.
 */
export function createCounterMemory(slots: number, secret: Uint8Array, owners = 1): CounterMemory {
  return {
    counters: createTableMemory(slots, secret),
    reservations: createReservationMemory(owners),
  }
}

function createTableMemory(slots: number, secret: Uint8Array): SharedArrayBuffer {
  const allSlots = slots + sharedSlotsOf(slots) * Object.keys(windowSeconds).length
  const memory = new SharedArrayBuffer((firstSlotCell + allSlots * layout.slotCells) * 4)
  new Int32Array(memory)[layout.slotCountCell] = slots
  const secretBytes = layout.secretCells * 4
  new Uint8Array(memory, layout.secretCell * 4, secretBytes).set(secret.subarray(0, secretBytes))
  return memory
}

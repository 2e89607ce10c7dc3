import { createRequire } from 'node:module'
import type { Client as UndiciClient, errors as undiciErrors } from 'undici'

const load = createRequire(import.meta.url)

/** undici's client alone; undici's entry loads caches, mocks and fetch too, 25 ms in each thread. */
export const Client = load('undici/lib/dispatcher/client.js') as typeof UndiciClient

export const errors = load('undici/lib/core/errors.js') as typeof undiciErrors

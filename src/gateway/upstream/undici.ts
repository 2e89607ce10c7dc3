import { createRequire } from 'node:module'
import type { Client, errors } from 'undici'

const load = createRequire(import.meta.url)

/** undici's client alone: its entry loads caches, mocks and fetch too, 25 ms in each thread. Most threads never need even that. */
export const loadClient = () => load('undici/lib/dispatcher/client.js') as typeof Client

export const loadErrors = () => load('undici/lib/core/errors.js') as typeof errors

import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { messageOf } from '../../lib/message-of.ts'

/** One row of the objects' table. */
export interface StoredRow {
  readonly kindKey: string
  readonly objectKey: string
  /** The object as JSON; undefined deletes the row. */
  readonly json: string | undefined
}

const schemaVersion = 1

/** The file that objects live in. Whatever `write` returned from survives the process and the power. */
export class Database {
  readonly #database: DatabaseSync
  readonly #put: StatementSync
  readonly #delete: StatementSync
  readonly #setRevision: StatementSync

  /** `dataDirectory` is created when missing; `:memory:` keeps nothing. */
  constructor(dataDirectory: string) {
    this.#database = open(dataDirectory)
    this.#put = this.#database.prepare(
      'INSERT INTO objects (kind_key, object_key, json) VALUES (?, ?, ?) ' +
        'ON CONFLICT (kind_key, object_key) DO UPDATE SET json = excluded.json',
    )
    this.#delete = this.#database.prepare(
      'DELETE FROM objects WHERE kind_key = ? AND object_key = ?',
    )
    this.#setRevision = this.#database.prepare('UPDATE revision SET value = ?')
  }

  /** The revision of the last write. */
  readRevision(): number {
    return Number(this.#database.prepare('SELECT value FROM revision').get()?.['value'] ?? 0)
  }

  *readAll(): Generator<{ kindKey: string; objectKey: string; json: string }> {
    const statement = this.#database.prepare('SELECT kind_key, object_key, json FROM objects')
    for (const row of statement.iterate()) {
      yield {
        kindKey: String(row['kind_key']),
        objectKey: String(row['object_key']),
        json: String(row['json']),
      }
    }
  }

  /** All of it or, when it throws, nothing. */
  write(rows: readonly StoredRow[], revision: number): void {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      for (const { kindKey, objectKey, json } of rows) {
        if (json === undefined) this.#delete.run(kindKey, objectKey)
        else this.#put.run(kindKey, objectKey, json)
      }
      this.#setRevision.run(revision)
      this.#database.exec('COMMIT')
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }

  close(): void {
    this.#database.close()
  }
}

function open(dataDirectory: string): DatabaseSync {
  if (dataDirectory === ':memory:') return prepareTables(new DatabaseSync(':memory:'))
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 })
  const path = join(dataDirectory, 'objects.db')
  // SQLite gives its journal the mode of the database, so the file must have its mode before SQLite sees it.
  closeSync(openSync(path, 'a', 0o600))
  chmodSync(path, 0o600)
  const database = new DatabaseSync(path)
  try {
    // In this mode the lock, once taken, is held until the process ends, however it ends.
    database.exec('PRAGMA locking_mode = EXCLUSIVE')
    database.exec('PRAGMA journal_mode = WAL')
    database.exec('PRAGMA synchronous = FULL')
    prepareTables(database)
  } catch (error) {
    database.close()
    throw explain(error, dataDirectory)
  }
  syncDirectory(dataDirectory)
  return database
}

function prepareTables(database: DatabaseSync): DatabaseSync {
  database.exec('BEGIN IMMEDIATE')
  const found = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)
  if (found > schemaVersion) {
    throw new Error(
      `its objects.db has format ${found} and this program knows formats up to ${schemaVersion}; use the newer program`,
    )
  }
  if (found === 0) {
    database.exec(
      'CREATE TABLE objects (kind_key TEXT NOT NULL, object_key TEXT NOT NULL, json TEXT NOT NULL, ' +
        'UNIQUE (kind_key, object_key));' +
        'CREATE TABLE revision (value INTEGER NOT NULL);' +
        'INSERT INTO revision (value) VALUES (0);' +
        `PRAGMA user_version = ${schemaVersion}`,
    )
  }
  database.exec('COMMIT')
  return database
}

function explain(error: unknown, dataDirectory: string): Error {
  const message = messageOf(error)
  const text = message.includes('locked')
    ? `The data directory ${dataDirectory} is in use by another process: stop that one, or name another with --data-dir`
    : `The data directory ${dataDirectory} cannot be used: ${message}`
  return new Error(text, { cause: error })
}

function syncDirectory(path: string): void {
  if (process.platform === 'win32') return
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

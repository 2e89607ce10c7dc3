import { secretTypeName } from '../secret-type.ts'
import type { ObjectTable } from './object-table.ts'

/** Secrets by name and type; never what they hold. */
export const secretTable: ObjectTable = {
  headers: ['Secret', 'Type'],
  rows: (objects) => objects.map((object) => [object.metadata.name, secretTypeName(object)]),
}

import { isDeepStrictEqual } from 'node:util'
import { isJsonObject, setField } from '../schema/json-object.ts'
import { decodeJsonPointer, encodeJsonPointer, listIndexOf } from './json-pointer.ts'
import { PatchFailure, type PatchResult, patchResultOf } from './patch-result.ts'

/** As kube-apiserver limits it (k8s.io/apiserver pkg/endpoints/handlers/patch.go, maxJSONPatchOperations). */
const maxOperations = 10_000
/** What `copy` operations may add in total: doubling a document again and again would exhaust the memory. */
const maxCopiedBytes = 3 * 1024 * 1024

/** Applies a JSON patch (RFC 6902): all operations, or none and the reason. */
export function applyJsonPatch(document: unknown, operations: unknown): PatchResult {
  return patchResultOf(() => {
    const decoded = decodeOperations(operations)
    const state: PatchState = {
      root: { document },
      owned: new WeakSet(),
      copiedBytes: 0,
    }
    for (const operation of decoded) applyOperation(state, operation)
    return state.root.document
  })
}

type OperationName = 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test'

interface Operation {
  readonly op: OperationName
  readonly path: readonly string[]
  readonly from: readonly string[]
  readonly value: unknown
}

interface PatchState {
  readonly root: { document: unknown }
  /** Containers made by this patch, which may be changed in place. */
  readonly owned: WeakSet<object>
  copiedBytes: number
}

const operationNames: ReadonlySet<unknown> = new Set([
  'add',
  'remove',
  'replace',
  'move',
  'copy',
  'test',
])

function decodeOperations(operations: unknown): Operation[] {
  if (!Array.isArray(operations)) {
    throw new PatchFailure('malformed', 'a JSON patch must be a list of operations')
  }
  if (operations.length > maxOperations) {
    throw new PatchFailure(
      'malformed',
      `the allowed maximum operations in a JSON patch is ${maxOperations}, got ${operations.length}`,
    )
  }
  return operations.map(decodeOperation)
}

function decodeOperation(operation: unknown, index: number): Operation {
  const malformed = (what: string) =>
    new PatchFailure('malformed', `operation ${index} of the JSON patch ${what}`)
  if (!isJsonObject(operation)) throw malformed('must be an object')
  const op = operation['op']
  if (!operationNames.has(op)) {
    throw malformed(`has the unknown "op" ${JSON.stringify(op) ?? '(missing)'}`)
  }
  const { path, from } = operation as { path?: unknown; from?: unknown }
  if (typeof path !== 'string') throw malformed('lacks the string "path"')
  const needsFrom = op === 'move' || op === 'copy'
  if (needsFrom && typeof from !== 'string') throw malformed('lacks the string "from"')
  const needsValue = op === 'add' || op === 'replace' || op === 'test'
  if (needsValue && !Object.hasOwn(operation, 'value')) throw malformed('lacks "value"')
  return {
    op: op as OperationName,
    path: decodeJsonPointer(path),
    from: needsFrom ? decodeJsonPointer(from as string) : [],
    value: operation['value'],
  }
}

function applyOperation(state: PatchState, operation: Operation): void {
  const { op, path, from } = operation
  switch (op) {
    case 'add':
      addValue(state, path, operation.value)
      return
    case 'remove':
      removeValue(state, path)
      return
    case 'replace':
      replaceValue(state, path, operation.value)
      return
    case 'move':
      moveValue(state, from, path)
      return
    case 'copy':
      addValue(state, path, copyOf(state, from))
      return
    case 'test':
      testValue(state, path, operation.value)
  }
}

function unprocessable(op: OperationName, path: readonly string[], reason: string): PatchFailure {
  return new PatchFailure(
    'unprocessable',
    `${op} operation does not apply: ${JSON.stringify(encodeJsonPointer(path))} ${reason}`,
  )
}

function valueAt(state: PatchState, path: readonly string[], op: OperationName): unknown {
  let value = state.root.document
  for (const token of path) {
    if (Array.isArray(value)) {
      const index = listIndexOf(token, value.length, false)
      if (index === undefined) throw unprocessable(op, path, 'does not exist')
      value = value[index]
    } else if (isJsonObject(value) && Object.hasOwn(value, token)) value = value[token]
    else throw unprocessable(op, path, 'does not exist')
  }
  return value
}

/** The container of the last token, copied from the root down so that it may be changed. */
function ownContainer(state: PatchState, path: readonly string[], op: OperationName): unknown {
  let container = own(state, state.root.document)
  state.root.document = container
  for (const token of path.slice(0, -1)) {
    let child: unknown
    if (Array.isArray(container)) {
      const index = listIndexOf(token, container.length, false)
      if (index === undefined) throw unprocessable(op, path, 'has no parent')
      child = own(state, container[index])
      container[index] = child
    } else if (isJsonObject(container) && Object.hasOwn(container, token)) {
      child = own(state, container[token])
      setField(container as Record<string, unknown>, token, child)
    } else throw unprocessable(op, path, 'has no parent')
    container = child
  }
  return container
}

function own(state: PatchState, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || state.owned.has(value)) return value
  const copy = Array.isArray(value) ? value.slice() : { ...value }
  state.owned.add(copy)
  return copy
}

function addValue(state: PatchState, path: readonly string[], value: unknown): void {
  const token = path.at(-1)
  if (token === undefined) {
    state.root.document = value
    return
  }
  const container = ownContainer(state, path, 'add')
  if (Array.isArray(container)) {
    const index = listIndexOf(token, container.length, true)
    if (index === undefined) throw unprocessable('add', path, 'is not an index of the list')
    container.splice(index, 0, value)
  } else if (isJsonObject(container)) setField(container as Record<string, unknown>, token, value)
  else throw unprocessable('add', path, 'has no object or list as its parent')
}

function removeValue(state: PatchState, path: readonly string[]): void {
  valueAt(state, path, 'remove')
  const token = path.at(-1)
  if (token === undefined) throw unprocessable('remove', path, 'is the whole document')
  const container = ownContainer(state, path, 'remove')
  if (Array.isArray(container)) container.splice(Number(token), 1)
  else delete (container as Record<string, unknown>)[token]
}

function replaceValue(state: PatchState, path: readonly string[], value: unknown): void {
  valueAt(state, path, 'replace')
  const token = path.at(-1)
  if (token === undefined) {
    state.root.document = value
    return
  }
  const container = ownContainer(state, path, 'replace')
  if (Array.isArray(container)) container[Number(token)] = value
  else setField(container as Record<string, unknown>, token, value)
}

function moveValue(state: PatchState, from: readonly string[], path: readonly string[]): void {
  const value = valueAt(state, from, 'move')
  if (from.length === path.length && from.every((token, index) => token === path[index])) return
  if (from.every((token, index) => token === path[index])) {
    throw unprocessable('move', path, 'lies inside of what is moved')
  }
  removeValue(state, from)
  addValue(state, path, value)
}

function copyOf(state: PatchState, from: readonly string[]): unknown {
  const value = valueAt(state, from, 'copy')
  state.copiedBytes += Buffer.byteLength(JSON.stringify(value))
  if (state.copiedBytes > maxCopiedBytes) {
    throw new PatchFailure(
      'unprocessable',
      `the copy operations of the JSON patch add more than ${maxCopiedBytes} bytes`,
    )
  }
  return structuredClone(value)
}

function testValue(state: PatchState, path: readonly string[], value: unknown): void {
  if (isDeepStrictEqual(valueAt(state, path, 'test'), value)) return
  const pointer = JSON.stringify(encodeJsonPointer(path))
  throw new PatchFailure(
    'unprocessable',
    `testing value ${pointer} failed: test failed, the value is not the expected one`,
  )
}

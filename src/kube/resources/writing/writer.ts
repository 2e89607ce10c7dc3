import { appliedIn } from '../../apply/last-applied.ts'
import type { FieldError } from '../../kind-definition.ts'
import type { KubeObject } from '../../kube-object.ts'
import { applyJsonPatch } from '../../patch/json-patch.ts'
import { applyMergePatch } from '../../patch/merge-patch.ts'
import { applyStrategicMergePatch } from '../../patch/strategic-merge-patch.ts'
import { type ApiContext, referenceOf, referenceTo } from '../api-context.ts'
import { inServedVersion, inStorageVersion } from '../object-version.ts'
import type {
  ApplyRequest,
  CreateRequest,
  ObjectResult,
  ObjectTarget,
  PatchRequest,
  ResourceTarget,
  UpdateRequest,
  WriteOptions,
} from '../resource-api.ts'
import {
  alreadyExistsError,
  badRequestError,
  internalError,
  methodNotAllowedError,
  notFoundError,
  pathNotFoundError,
  unprocessableError,
  unsupportedMediaTypeError,
} from '../status-error.ts'
import { type Admitted, admitFields, admitValues, throwWhenInvalid } from './admission.ts'
import { checkDepth, checkSize, decodeBody, decodeReplacement } from './body.ts'
import { mergeApplied, withManagers } from './field-managers.ts'
import { isReapplied, withGeneration, withKeptMetadata, withNewMetadata } from './metadata.ts'
import { checkNamespace, completeNamespace, isNamespaceKind } from './namespace-rules.ts'
import { toScale, withScale } from './scale.ts'

/** What Kubernetes offers for kinds of CustomResourceDefinitions. */
const patchTypesOfCustomKinds = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/apply-patch+yaml',
]

/** In the words of Kubernetes. */
const missingVersion: FieldError = {
  type: 'invalid',
  field: 'metadata.resourceVersion',
  value: 0,
  detail: 'must be specified for an update',
}

type Target = ObjectTarget & WriteOptions

/** The verbs that store what they are given. */
export class Writer {
  readonly #context: ApiContext

  constructor(context: ApiContext) {
    this.#context = context
  }

  create(request: CreateRequest): ObjectResult {
    const fields = admitFields(request.kind, decodeBody(request, request.object), request)
    const fresh = this.#createNew(request, fields.object)
    const tracked = withManagers(this.#context, request, fresh.object, undefined)
    return this.#resultOfNew(request, tracked, [...fields.warnings, ...fresh.warnings])
  }

  update(request: UpdateRequest): ObjectResult {
    if (request.subresource === 'scale') return this.#updateScale(request, request.object)
    const body = decodeReplacement(request, request.object)
    // Without it an update would overwrite what others wrote meanwhile; Kubernetes allows that for its own kinds only.
    if (request.kind.definition.unknownFields === 'keep' || this.#isCustom(request)) {
      this.#findCurrent(request)
      if (!body.metadata.resourceVersion) throwWhenInvalid(request.kind, body, [missingVersion])
    }
    return this.#replace(request, body)
  }

  #isCustom({ kind }: ObjectTarget): boolean {
    return this.#context.kinds.isCustom(kind.definition)
  }

  patch(request: PatchRequest): ObjectResult {
    const current = this.#findCurrent(request)
    const { takesStrategicPatches = true } = request.kind.definition
    if (request.patchType === 'strategic' && !takesStrategicPatches) {
      throw unsupportedMediaTypeError(patchTypesOfCustomKinds)
    }
    checkDepth(request.patch, 'the patch')
    const isScale = request.subresource === 'scale'
    const document = isScale ? toScale(request.kind, current) : current
    const patched = applyPatch(request, document)
    if (isScale) return this.#updateScale(request, patched)
    return this.#replace(request, decodeReplacement(request, patched))
  }

  /** Server-side apply: creates the object, or merges into it what the manager wants. */
  apply(request: ApplyRequest): ObjectResult {
    const { kind, name, subresource } = request
    if (subresource === 'scale') throw methodNotAllowedError(kind.definition, 'server-side apply')
    const fields = admitFields(kind, decodeReplacement(request, request.patch), request)
    const isKnown = this.#context.store.get(referenceOf(request)) !== undefined
    const live = isKnown ? this.#findCurrent(request) : undefined
    if (live === undefined && subresource !== undefined) {
      throw notFoundError(kind.definition, name)
    }
    const merged = mergeApplied(this.#context, request, fields.object, live)
    if (live === undefined) {
      const fresh = this.#createNew(request, merged)
      return this.#resultOfNew(request, fresh.object, [...fields.warnings, ...fresh.warnings])
    }
    const next = this.#change(request, merged, live)
    const warnings = [...fields.warnings, ...next.warnings]
    if (isReapplied(next.object, live)) return { object: live, warnings, created: false }
    return { object: this.#store(request, next.object), warnings, created: false }
  }

  /** A body as the new object that it becomes. */
  #createNew(request: ResourceTarget & WriteOptions, body: KubeObject): Admitted {
    const { kind } = request
    const { status, ...rest } = withNewMetadata(this.#context, kind, body)
    const fresh =
      kind.version.statusSubresource || status === undefined ? rest : { ...rest, status }
    const completed = isNamespaceKind(kind.definition) ? completeNamespace(fresh) : fresh
    checkNamespace(this.#context.store, request, completed.metadata.name)
    return admitValues(kind, completed, undefined)
  }

  #resultOfNew(
    request: ResourceTarget & WriteOptions,
    object: KubeObject,
    warnings: readonly string[],
  ): ObjectResult {
    const { name } = object.metadata
    if (this.#context.store.get(referenceOf({ ...request, name })) !== undefined) {
      throw alreadyExistsError(request.kind.definition, name)
    }
    return { object: this.#store(request, object), warnings, created: true }
  }

  /** Stores a body in place of the object, as far as the subresource reaches. */
  #replace(request: Target, body: KubeObject): ObjectResult {
    const previous = this.#findCurrent(request)
    const fields = admitFields(request.kind, body, request)
    const next = this.#change(request, fields.object, previous)
    const warnings = [...fields.warnings, ...next.warnings]
    const tracked = withManagers(this.#context, request, next.object, previous)
    if (isReapplied(tracked, previous)) return { object: previous, warnings, created: false }
    return { object: this.#store(request, tracked), warnings, created: false }
  }

  /** A body as what the object becomes by it. */
  #change(request: Target, body: KubeObject, previous: KubeObject): Admitted {
    const { kind } = request
    const kept = withKeptMetadata(kind, body, previous)
    const values = admitValues(kind, withinReach(request, kept, previous), previous)
    const object = withGeneration(kind, values.object, previous)
    const isNamespace = isNamespaceKind(kind.definition)
    return {
      object: isNamespace ? completeNamespace(object) : object,
      warnings: values.warnings,
    }
  }

  #updateScale(request: Target, scale: unknown): ObjectResult {
    const { kind, name, namespace } = request
    checkDepth(scale, 'Scale')
    const current = this.#findCurrent(request)
    const body = decodeScale(scale)
    if (body.metadata.name !== name) {
      throw badRequestError(
        `the name of the object (${body.metadata.name}) does not match the name on the URL (${name})`,
      )
    }
    const target = { ...request, namespace, subresource: undefined }
    const result = this.#replace(target, withScale(kind, current, body))
    return { ...result, object: toScale(kind, result.object) }
  }

  #findCurrent(target: ObjectTarget): KubeObject {
    const { kind, name, subresource } = target
    if (subresource === 'status' && !kind.version.statusSubresource) throw pathNotFoundError()
    const stored = this.#context.store.get(referenceOf(target))
    if (stored === undefined) throw notFoundError(kind.definition, name)
    return inServedVersion(kind, stored)
  }

  #store({ kind, dryRun }: ResourceTarget & WriteOptions, object: KubeObject): KubeObject {
    if (dryRun === true) {
      checkSize(JSON.stringify(object))
      return object
    }
    const stored = inStorageVersion(kind, object)
    const { deletionTimestamp, finalizers = [] } = stored.metadata
    // What only finalizers held goes with the last of them.
    const isReleased = deletionTimestamp !== undefined && finalizers.length === 0
    const reference = referenceTo(stored, kind.definition.group)
    const isDeleted = isReleased && !isNamespaceKind(kind.definition)
    const [committed] = this.#context.store.commit(
      [isDeleted ? { type: 'delete', reference } : { type: 'put', object: stored }],
      isDeleted ? undefined : checkSize,
    )
    if (committed === undefined) throw internalError('nothing was stored')
    return inServedVersion(kind, committed)
  }
}

function withinReach(
  { kind, subresource }: Target,
  object: KubeObject,
  previous: KubeObject,
): KubeObject {
  if (!kind.version.statusSubresource) return object
  const isStatus = subresource === 'status'
  const { status: _, ...base } = isStatus ? previous : object
  const { status } = isStatus ? object : previous
  return status === undefined ? (base as KubeObject) : { ...(base as KubeObject), status }
}

function applyPatch({ kind, patchType, patch }: PatchRequest, document: KubeObject): unknown {
  if (patchType === 'merge') {
    const { normalizePatch } = kind.definition
    const normalized = normalizePatch?.(patch, appliedIn(patch)) ?? patch
    return applyMergePatch(document, normalized)
  }
  const result =
    patchType === 'strategic'
      ? applyStrategicMergePatch(kind.version.schema, document, patch)
      : applyJsonPatch(document, patch)
  if (!('error' in result)) return result.document
  const { type, message } = result.error
  if (type === 'malformed') throw badRequestError(message)
  throw unprocessableError(message)
}

function decodeScale(scale: unknown): KubeObject {
  const metadata: unknown = typeof scale === 'object' && scale && Reflect.get(scale, 'metadata')
  if (typeof metadata !== 'object' || metadata === null) {
    throw badRequestError('the object provided is unrecognized: expected a Scale')
  }
  const { name } = metadata as { name?: unknown }
  if (typeof name !== 'string') throw badRequestError('metadata.name of Scale must be a string')
  return scale as KubeObject
}

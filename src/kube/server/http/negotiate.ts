/** What a client takes as the answer, from its `Accept` header; the first acceptable clause wins. */
export interface Accepted {
  readonly encoding: 'json' | 'yaml'
  /** A transformation of the objects, with the version of `meta.k8s.io` to write it in. */
  readonly as?: { readonly type: TransformedType; readonly metaVersion: string } | undefined
}

export type TransformedType = 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList'

export interface MediaRange {
  /** Such as `application/json`, in lower case. */
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
  readonly quality: number
}

/** Reads an `Accept` header (RFC 9110 section 12.5.1), the most wanted first and else in order. */
export function parseAccept(header: string | undefined): readonly MediaRange[] {
  return (header ?? '*/*')
    .slice(0, 4096)
    .split(',')
    .map(parseMediaRange)
    .filter(({ type, quality }) => type !== '' && quality > 0)
    .toSorted((left, right) => right.quality - left.quality)
}

/** Chooses the form of an object or list; undefined when the client takes none that is served. */
export function negotiate(header: string | undefined): Accepted | undefined {
  for (const { type, parameters } of parseAccept(header)) {
    const encoding = encodings.get(type)
    if (encoding === undefined) continue
    const transformed = parameters.get('as')
    if (transformed === undefined) return { encoding }
    const metaVersion = parameters.get('v') ?? ''
    const isServed =
      isTransformedType(transformed) &&
      parameters.get('g') === 'meta.k8s.io' &&
      (metaVersion === 'v1' || metaVersion === 'v1beta1')
    if (isServed) return { encoding, as: { type: transformed, metaVersion } }
  }
  return undefined
}

const encodings = new Map<string, 'json' | 'yaml'>([
  ['application/json', 'json'],
  ['application/*', 'json'],
  ['*/*', 'json'],
  ['application/yaml', 'yaml'],
])

function isTransformedType(name: string): name is TransformedType {
  return ['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'].includes(name)
}

function parseMediaRange(clause: string): MediaRange {
  const [type = '', ...parts] = clause.split(';').map((part) => part.trim())
  const parameters = new Map(
    parts.map((part) => {
      const [name = '', value = ''] = part.split(/\s*=\s*/, 2)
      return [name.toLowerCase(), value.replaceAll('"', '')] as const
    }),
  )
  const quality = Number(parameters.get('q') ?? 1)
  return { type: type.toLowerCase(), parameters, quality: Number.isNaN(quality) ? 0 : quality }
}

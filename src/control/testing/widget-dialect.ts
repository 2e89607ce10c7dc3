import type { Dialect, Translation } from '../../dialects/dialect.ts'
import { emptyConfiguration } from '../../dialects/empty-configuration.ts'
import type { Listener } from '../../ir/listener.ts'
import type { KubeObject } from '../../kube/kube-object.ts'
import { createBackend, createEndpoint } from './backend-nodes.ts'
import { widgetKind } from './memory-source.ts'

interface WidgetSpec {
  readonly port?: number
  readonly secret?: string
  readonly throws?: boolean
}

const specOf = (object: KubeObject) => (object['spec'] ?? {}) as WidgetSpec

function listenerOf(name: string, port: number): Listener {
  return {
    id: name,
    origin: { kind: 'Widget', namespace: 'default', name, fieldPath: 'spec.port' },
    bindings: [{ address: '127.0.0.9', port }],
    virtualHostIds: [],
    tls: undefined,
    http: {
      ...{ idleTimeoutMs: 0, streamIdleTimeoutMs: 0, requestHeadersTimeoutMs: 0 },
      ...{ maxRequestHeadersBytes: 1, serverName: '', useRemoteAddress: true, xffTrustedHops: 0 },
      ...{ normalizePath: true, mergeSlashes: false, mostSpecificHeaderMutationsWin: false },
    },
  }
}

/** The status of a Widget, the same object each time: a status that stays is not written again. */
export const accepted = { state: 'Accepted' }

/** Each Widget becomes a backend, and a listener where it has a port. */
function translateWidgets(widgets: readonly KubeObject[]): Translation {
  if (widgets.some((widget) => specOf(widget).throws === true)) throw new Error('a broken widget')
  const names = widgets.map(({ metadata }) => metadata.name)
  const listeners = widgets.flatMap((widget) => {
    const { port } = specOf(widget)
    return port === undefined ? [] : [listenerOf(widget.metadata.name, port)]
  })
  return {
    configuration: {
      ...emptyConfiguration,
      listeners: new Map(listeners.map((listener) => [listener.id, listener])),
      backends: new Map(
        names.map((name) => [name, createBackend(name, [createEndpoint(`${name}/1`)], [])]),
      ),
    },
    statuses: names.map((name) => ({
      object: { ...widgetKind, namespace: 'default', name },
      status: accepted,
    })),
    owned: widgets
      .filter(({ metadata }) => metadata.name === 'owner')
      .map((widget) => ({ ...widget, metadata: { name: 'owned', namespace: 'default' } })),
    secretIds: new Set(
      widgets.flatMap((widget) => {
        const { secret } = specOf(widget)
        return secret === undefined ? [] : [`default/${secret}`]
      }),
    ),
  }
}

/** A dialect of Widgets alone, and how often it was asked to translate. */
export function createWidgetDialect(seeds: readonly KubeObject[]) {
  let translations = 0
  const dialect: Dialect = {
    ...{ name: 'widgets', kinds: [], seeds },
    createTranslator: () => ({
      translate(objects) {
        translations += 1
        return translateWidgets(objects.list(widgetKind))
      },
    }),
    addErrors: (_status, errors) => ({ state: errors.map(({ message }) => message).join() }),
  }
  return { dialect, translations: () => translations }
}

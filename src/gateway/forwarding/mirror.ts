import { HeaderList } from '../../lib/http/header-list.ts'
import { removeKeptTokens } from '../../policies/kept-tokens.ts'
import { removeClientCredentials } from '../../providers/shared/client-credentials.ts'
import type { CompiledMirror, ForwardRules } from '../../snapshot/snapshot.ts'
import type { Exchange } from '../request/exchange.ts'
import type { UpstreamCall, UpstreamHandler } from '../upstream/upstream-client.ts'

/** Copies under way at once in this thread; above it copies are left out. */
const maxMirrors = 256

/** A mirror that does not answer in this time is given up. */
const mirrorTimeoutMs = 15_000

let running = 0

/** Sends copies of a request whose answers are thrown away. The body must have ended. */
export function sendMirrors(exchange: Exchange, rules: ForwardRules): void {
  for (const mirror of rules.mirrors) {
    if (exchange.services.random() * 100 >= mirror.percentage) continue
    if (running < maxMirrors && exchange.body.copyable) sendMirror(exchange, rules, mirror)
  }
}

function sendMirror(exchange: Exchange, rules: ForwardRules, mirror: CompiledMirror): void {
  const { match, model, services } = exchange
  const backend = services.backends.get(mirror.backend)
  const endpoint = backend.pick(undefined)
  if (match === undefined || endpoint === undefined || !backend.beginRequest()) return
  const headers = new HeaderList([...exchange.headers.flat])
  const bearer = { headers, query: exchange.query }
  // A call to a model goes as policies have left it: what was masked is masked, and what it was authorised by stays here.
  if (model !== undefined) {
    removeClientCredentials(headers)
    removeKeptTokens(exchange, bearer, () => false)
  }
  const path = rules.rewritePath(exchange.path, match.path) + bearer.query
  const body = model?.bodyFor(model.provider) ?? exchange.body.copy()
  if (body !== undefined) headers.set('content-length', String(body.length))
  headers.flat.push('host', mirrorHost(mirror, rules.rewriteHost(exchange)))
  running += 1
  const handler = new DiscardingHandler(() => {
    running -= 1
    services.timers.clearTimeout(timer)
    backend.endRequest()
  })
  const timer = services.timers.setTimeout(() => handler.giveUp(), mirrorTimeoutMs)
  const { method } = exchange
  const head = { method, path, headers: headers.flat }
  handler.call = endpoint
    .client(backend.speaksHttp2(exchange.protocol))
    .dispatch(head, body, handler)
}

/** Envoy appends `-shadow` to the host of copies, before a port. */
function mirrorHost(mirror: CompiledMirror, host: string): string {
  if (mirror.host !== undefined) return mirror.host
  return mirror.appendSuffix ? host.replace(/(:\d+)?$/, '-shadow$1') : host
}

class DiscardingHandler implements UpstreamHandler {
  readonly #onOver: () => void
  #over = false
  call: UpstreamCall | undefined

  constructor(onOver: () => void) {
    this.#onOver = onOver
  }

  onHead(): void {}

  onData(): void {}

  onEnd(): void {
    this.#end()
  }

  onFailure(): void {
    this.#end()
  }

  giveUp(): void {
    this.#end()
    this.call?.cancel()
  }

  #end(): void {
    if (this.#over) return
    this.#over = true
    this.#onOver()
  }
}

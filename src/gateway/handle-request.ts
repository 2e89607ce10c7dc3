import { type GatewayError, gatewayError } from '../errors/gateway-error.ts'
import type { LocalResponse, RequestHookResult } from '../policies/policy.ts'
import type { CompiledDestination, CompiledForward } from '../snapshot/snapshot.ts'
import { ForwardedRequest } from './forwarding/forward-request.ts'
import { beginModelCall } from './model/begin-model-call.ts'
import { checkEndpoint } from './model/check-endpoint.ts'
import { runModelHooks } from './model/run-model-hooks.ts'
import { Exchange } from './request/exchange.ts'
import type { RequestServices } from './request/request-services.ts'
import { runBodyHooks, runHeadHooks } from './request/run-hooks.ts'
import type { ClientResponse, Ingress, RequestHandler } from './request-handler.ts'
import { ClientSink } from './response/client-sink.ts'
import {
  fail,
  respond,
  respondDirectly,
  respondRedirect,
  respondUnavailable,
} from './response/respond.ts'
import { checkUpgrade, createUpgradeResponse } from './websocket/handle-upgrade.ts'

/** The life of a request, top to bottom. Everything it needs was compiled before. */
export function createRequestHandler(services: RequestServices): RequestHandler {
  return {
    handleRequest(request, response, ingress) {
      const sink = createSink(response, ingress)
      begin(new Exchange(services, { request, sink, ingress }))
    },
    handleUpgrade(request, socket, head, ingress) {
      const sink = createSink(createUpgradeResponse(request, socket), ingress)
      begin(new Exchange(services, { request, sink, ingress, upgraded: { socket, head } }))
    },
  }
}

const createSink = (response: ClientResponse, { listener }: Ingress) =>
  new ClientSink(response, listener.config.http.streamIdleTimeoutMs)

function begin(exchange: Exchange): void {
  exchange.services.observer.requestStarted()
  exchange.sink.response.on('close', () => clientClosed(exchange))
  try {
    const refusal = exchange.read()
    if (refusal === undefined) findRoute(exchange)
    else fail(exchange, refusal)
  } catch (cause) {
    fail(exchange, gatewayError('internal', 'the gateway failed to handle this request', { cause }))
  }
}

/** After the last byte or when the client has gone. */
function clientClosed(exchange: Exchange): void {
  const { sink } = exchange
  const whole = exchange.tunnelled || (sink.ended && sink.response.writableFinished)
  if (!whole && exchange.error === undefined) {
    exchange.error = gatewayError('client-closed', 'the client closed the connection')
  }
  exchange.complete()
}

function findRoute(exchange: Exchange): void {
  exchange.virtualHost = exchange.ingress.virtualHosts.find(exchange.host)
  exchange.match = exchange.virtualHost?.findRoute(exchange)
  if (exchange.match === undefined) {
    fail(exchange, gatewayError('route-not-found', 'no route matches'))
    return
  }
  exchange.model = undefined
  exchange.picked = undefined
  const { action } = exchange.match.route
  if (action.type === 'forward' && action.leadsToModels) pickModel(exchange, action)
  const refusal = exchange.upgraded === undefined ? undefined : checkUpgrade(exchange)
  if (refusal !== undefined) fail(exchange, refusal)
  else runHeadHooks(exchange, exchange.match.route.policies.onRequestHead, headHooksRun)
}

/** Calls to models are known for what they are before the first hook. */
function pickModel(exchange: Exchange, action: CompiledForward): void {
  const destination = pickDestination(action, exchange.services.random)
  exchange.picked = destination
  if ('backend' in destination) exchange.model = beginModelCall(exchange, destination)
}

function headHooksRun(exchange: Exchange, result: RequestHookResult): void {
  if (result === 'rematch' && !exchange.rematched) {
    exchange.rematched = true
    findRoute(exchange)
    return
  }
  if (result === undefined || result === 'rematch') takeAction(exchange)
  else refuse(exchange, result)
}

function takeAction(exchange: Exchange): void {
  const { match } = exchange
  if (match === undefined) throw new Error('A request went past routing without a route.')
  const { action, policies } = match.route
  switch (action.type) {
    case 'forward':
      if (exchange.model !== undefined) {
        const refusal = checkEndpoint(exchange.model, exchange.method, exchange.path)
        if (refusal !== undefined) {
          fail(exchange, refusal)
          break
        }
      }
      if (exchange.expectContinue) exchange.sink.writeContinue()
      if (policies.onRequestBody.length === 0) runModelPolicies(exchange, action)
      else runBodyHooks(exchange, policies, (result) => bodyHooksRun(exchange, result))
      break
    case 'redirect':
      respondRedirect(exchange, action, match)
      break
    case 'direct-response':
      respondDirectly(exchange, action)
      break
    case 'unavailable':
      respondUnavailable(exchange, action)
      break
  }
}

function bodyHooksRun(exchange: Exchange, result: RequestHookResult): void {
  if (result !== undefined && result !== 'rematch') refuse(exchange, result)
  else {
    const action = exchange.match?.route.action
    if (action?.type === 'forward') runModelPolicies(exchange, action)
  }
}

function runModelPolicies(exchange: Exchange, action: CompiledForward): void {
  if (exchange.model === undefined) {
    forward(exchange, action)
    return
  }
  runModelHooks(exchange, exchange.model, (result) => {
    if (result === undefined || result === 'rematch') forward(exchange, action)
    else refuse(exchange, result)
  })
}

function forward(exchange: Exchange, action: CompiledForward): void {
  const destination = exchange.picked ?? pickDestination(action, exchange.services.random)
  if ('backend' in destination) {
    exchange.destination = destination
    const backend = exchange.services.backends.get(destination.backend)
    new ForwardedRequest(exchange, destination.ownRules ?? action, backend).start()
  } else if ('redirect' in destination) {
    const { match } = exchange
    if (match === undefined) throw new Error('A request is redirected without a route.')
    exchange.destination = destination
    respondRedirect(exchange, destination.redirect, match)
  } else {
    respondUnavailable(exchange, destination.unavailable)
  }
}

/** By weight; a single destination needs no draw. */
function pickDestination(action: CompiledForward, random: () => number): CompiledDestination {
  const { destinations, totalWeight } = action
  let rest = destinations.length === 1 ? 0 : random() * totalWeight
  for (const destination of destinations) {
    rest -= destination.weight
    if (rest < 0 || destinations.length === 1) return destination
  }
  throw new Error('The weights of the destinations do not add up to their total.')
}

function refuse(exchange: Exchange, result: GatewayError | LocalResponse): void {
  if (result.type === 'gateway-error') fail(exchange, result)
  else respond(exchange, result)
}

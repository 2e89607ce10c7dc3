import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ConnectionState, getConnectionState } from './connection-state.ts'
import { type OnRefused, type Refusal, refuseConnection } from './refuse-connection.ts'

/**
 * Refuses what an HTTP/1 connection says, after the answers to the requests before it: a status line ahead of them would be taken
 * for one of them, and in the midst of one for its body.
 */
export function refuseInTurn(socket: Duplex, refusal: Refusal, onRefused: OnRefused): void {
  const state = getConnectionState(socket)
  const { clientAddress, response, refused } = state
  // The connection ends with the answer that is being sent; what follows its request is nobody's.
  const ending = response?.writableEnded === true && !response.shouldKeepAlive
  if (refused || ending) return
  state.refused = true
  const { reason, status } = refusal
  const isCut = response !== undefined && cutsAnswer(response)
  onRefused({ reason, status: isCut ? 0 : status, clientAddress })
  if (isCut) socket.destroy()
  else if (isUnanswered(response)) response.once('close', () => refuseConnection(socket, refusal))
  else refuseConnection(socket, refusal)
}

/** Whether the latest request came whole and waits for its answer or the rest of it, so that the refusal is of what follows it. */
export function isUnanswered(response: ServerResponse | undefined): response is ServerResponse {
  return response?.req.complete === true && !response.writableFinished
}

/** Whether the refusal is of the body of the latest request, when an answer has begun: its own, or one that is due before it. */
function cutsAnswer(response: ServerResponse): boolean {
  if (response.req.complete) return false
  return response.socket === null || (response.headersSent && !response.writableFinished)
}

/** Remembers an answer that has to wait for the one before it. */
export function addPipelined(state: ConnectionState, response: ServerResponse): void {
  state.pipelined ??= new Set()
  state.pipelined.add(response)
  response.on('close', () => state.pipelined?.delete(response))
}

/** Refuses a CONNECT in turn. Node lets go of its connection, and of the answers that wait on it. */
export function refuseConnect(socket: Duplex, onRefused: OnRefused): void {
  const { pipelined } = getConnectionState(socket)
  // Nobody else would hear that the client leaves.
  socket.resume()
  socket.once('close', () => {
    for (const response of pipelined ?? []) response.destroy()
  })
  const message = 'CONNECT is not served here.'
  refuseInTurn(socket, { status: 405, reason: 'connect', message }, onRefused)
}

import type { Duplex } from 'node:stream'
import type { StreamOpening } from '../../model/answers/stream-opening.ts'
import type { AnswerRelay } from '../../response/answer-relay.ts'
import type { RelayOwner, UpstreamResponseHead } from '../../response/response-relay.ts'
import type { UpstreamCall, UpstreamFailure } from '../../upstream/upstream-client.ts'

/** Takes what tries bring. */
export interface AnswerOwner extends RelayOwner {
  createRelay(call: UpstreamCall, head: UpstreamResponseHead): AnswerRelay
  /** The answer has come to its end. */
  attemptEnded(): void
  /** The upstream has switched protocols: the socket is the owner's. */
  attemptUpgraded(headers: Record<string, string | string[] | undefined>, socket: Duplex): void
  /** Something went to or came from the upstream. */
  attemptActive(): void
}

/** Decides what follows from how a try goes. */
export interface AttemptJudge {
  /** Set: the answer waits for the first event that says something, as that may be an error that asks for another try. */
  holdOpening(head: UpstreamResponseHead): StreamOpening | undefined
  /** True: this answer is not for the client, another try follows. */
  retriesStatus(status: number, headers: readonly string[]): boolean
  /** The same as {@link retriesStatus} for a stream that begins with an error. */
  retriesOpeningError(): boolean
  /** `answered`: the client has seen something of the answer. */
  attemptFailed(failure: UpstreamFailure, answered: boolean): void
}

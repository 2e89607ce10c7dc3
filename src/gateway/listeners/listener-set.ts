import type { BindResult } from '../../link/messages.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { ListeningSocket, type ListeningSocketOptions } from './listening-socket.ts'

/** The open sockets of this thread, kept in step with the snapshot. */
export class ListenerSet {
  readonly #options: ListeningSocketOptions
  readonly #sockets = new Map<string, ListeningSocket>()
  readonly #leaving = new Set<ListeningSocket>()

  constructor(options: ListeningSocketOptions) {
    this.#options = options
  }

  /** Opens what is new, drains what is gone and leaves the rest open. Resolves with one result per binding. */
  async publish(snapshot: Snapshot): Promise<readonly BindResult[]> {
    const wanted = [...snapshot.listeners.values()].flatMap((listener) =>
      listener.config.bindings.map((binding) => ({ listener, binding })),
    )
    const keys = new Set(wanted.map(({ binding }) => `${binding.address} ${binding.port}`))
    for (const [key, socket] of this.#sockets) if (!keys.has(key)) this.#leave(key, socket)

    const { generation } = snapshot
    const results = wanted.map(async ({ listener, binding }): Promise<BindResult> => {
      const key = `${binding.address} ${binding.port}`
      const result = { listenerId: listener.config.id, ...binding }
      const open = this.#sockets.get(key)
      if (open !== undefined) {
        open.update({ listener, generation })
        return { ...result, error: undefined }
      }
      const socket = new ListeningSocket({ listener, generation }, this.#options)
      this.#sockets.set(key, socket)
      const error = await socket.listen(binding)
      if (error !== undefined) this.#sockets.delete(key)
      return { ...result, error }
    })
    return Promise.all(results)
  }

  /** Lets open requests end for at most `graceMs`, then cuts them. */
  async drain(graceMs: number): Promise<void> {
    const sockets = [...this.#sockets.values(), ...this.#leaving]
    this.#sockets.clear()
    let timer: NodeJS.Timeout | undefined
    const grace = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs)
    })
    await Promise.race([Promise.all(sockets.map((socket) => socket.drain())), grace])
    clearTimeout(timer)
    for (const socket of sockets) socket.destroy()
  }

  #leave(key: string, socket: ListeningSocket): void {
    this.#sockets.delete(key)
    this.#leaving.add(socket)
    void socket.drain().finally(() => this.#leaving.delete(socket))
  }
}

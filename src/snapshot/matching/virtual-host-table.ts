import type { CompiledVirtualHost, VirtualHostTable } from '../snapshot.ts'

/** A virtual host that could not get one of its domains. */
export interface DomainConflict {
  readonly domain: string
  readonly host: CompiledVirtualHost
  /** The virtual host that has the domain. */
  readonly holder: CompiledVirtualHost
}

/** Host names to virtual hosts by hash lookups, one per label of the name. */
export class HashedVirtualHostTable implements VirtualHostTable {
  readonly #exact = new Map<string, CompiledVirtualHost>()
  /** By what follows the `*`, such as `.example.com`. */
  readonly #suffixes = new Map<string, CompiledVirtualHost>()
  /** By what precedes the `*`, such as `api.`. */
  readonly #prefixes = new Map<string, CompiledVirtualHost>()

  /** Adds a domain; the first virtual host that asks for it gets it. */
  add(domain: string, host: CompiledVirtualHost): DomainConflict | undefined {
    const { name, port } = splitPort(domain.toLowerCase())
    const { map, key } = this.#placeOf(name, port)
    const holder = map.get(key)
    if (holder === undefined) map.set(key, host)
    return holder === undefined || holder === host ? undefined : { domain, host, holder }
  }

  find(host: string): CompiledVirtualHost | undefined {
    const { name, port } = splitPort(host.toLowerCase())
    return (
      lookUp(this.#exact, name, port) ??
      this.#findSuffix(name, port) ??
      this.#findPrefix(name, port) ??
      lookUp(this.#suffixes, '', port)
    )
  }

  #placeOf(name: string, port: string): { map: Map<string, CompiledVirtualHost>; key: string } {
    if (name.startsWith('*')) return { map: this.#suffixes, key: name.slice(1) + port }
    if (name.endsWith('*')) return { map: this.#prefixes, key: name.slice(0, -1) + port }
    return { map: this.#exact, key: name + port }
  }

  /** The `*` stands for at least one character. */
  #findSuffix(name: string, port: string): CompiledVirtualHost | undefined {
    if (this.#suffixes.size === 0) return undefined
    for (let dot = name.indexOf('.', 1); dot !== -1; dot = name.indexOf('.', dot + 1)) {
      const found = lookUp(this.#suffixes, name.slice(dot), port)
      if (found !== undefined) return found
    }
    return undefined
  }

  #findPrefix(name: string, port: string): CompiledVirtualHost | undefined {
    if (this.#prefixes.size === 0) return undefined
    let dot = name.lastIndexOf('.', name.length - 2)
    while (dot !== -1) {
      const found = lookUp(this.#prefixes, name.slice(0, dot + 1), port)
      if (found !== undefined) return found
      dot = dot === 0 ? -1 : name.lastIndexOf('.', dot - 1)
    }
    return undefined
  }
}

function lookUp(
  map: ReadonlyMap<string, CompiledVirtualHost>,
  key: string,
  port: string,
): CompiledVirtualHost | undefined {
  return (port === '' ? undefined : map.get(key + port)) ?? map.get(key)
}

/** `port` keeps its colon and is empty without one. */
function splitPort(host: string): { name: string; port: string } {
  const colon = host.lastIndexOf(':')
  const isInsideAddress = colon < host.lastIndexOf(']')
  if (colon === -1 || isInsideAddress) return { name: host, port: '' }
  return { name: host.slice(0, colon), port: host.slice(colon) }
}

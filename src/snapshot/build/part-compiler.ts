import type { CompiledPolicy } from '../../policies/policy.ts'
import { type BackendResult, compileBackend } from '../compile/compile-backend.ts'
import { type Failure, failure, isFailure } from '../compile/failure.ts'
import type { CompiledBackend } from '../snapshot.ts'
import type { BuildErrors } from './build-errors.ts'
import { CompileCache } from './compile-cache.ts'
import { compileOnce } from './compile-once.ts'
import type { CompilerServices } from './compiler-services.ts'
import type { NodeStore } from './node-store.ts'

/** Compiles what routes refer to: policies and backends. */
export class PartCompiler {
  readonly #nodes: NodeStore
  readonly #services: CompilerServices
  readonly #errors: BuildErrors
  readonly #policies = new CompileCache<CompiledPolicy | Failure>()
  readonly #backends = new CompileCache<BackendResult | Failure>()
  readonly caches = [this.#policies, this.#backends] as const

  constructor(nodes: NodeStore, services: CompilerServices, errors: BuildErrors) {
    this.#nodes = nodes
    this.#services = services
    this.#errors = errors
  }

  policy(id: string): CompiledPolicy | Failure {
    const done = this.#policies.ofThisBuild(id)
    if (done !== undefined) return done
    const config = this.#nodes.policies.get(id)
    return compileOnce(this.#policies, { id, inputs: this.#inputsOf(config) }, () => {
      if (config === undefined) return failure(`Policy ${id} does not exist.`)
      const compiled = this.#services.compilePolicy(config)
      return 'code' in compiled ? failure(compiled.message) : Object.freeze(compiled)
    })
  }

  backend(id: string): CompiledBackend | Failure {
    const result = this.#backends.ofThisBuild(id) ?? this.#backendResult(id)
    return isFailure(result) ? result : result.backend
  }

  #backendResult(id: string): BackendResult | Failure {
    const config = this.#nodes.backends.get(id)
    const inputs = this.#inputsOf(config)
    const result = compileOnce(this.#backends, { id, inputs }, () =>
      config === undefined
        ? { backend: failure(`Backend ${id} does not exist.`, 'backend-not-found'), errors: [] }
        : compileBackend(config, this.#services),
    )
    if (!isFailure(result)) this.#errors.add(result.errors)
    else if (config !== undefined)
      this.#errors.add([{ origin: config.origin, message: result.message }])
    return result
  }

  #inputsOf(config: object | undefined): readonly unknown[] {
    return config === undefined ? [] : [config, ...this.#services.secrets.dependenciesOf(config)]
  }
}

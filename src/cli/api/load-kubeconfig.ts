import { existsSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { isJsonObject, type JsonObject } from '../../kube/schema/json-object.ts'
import { messageOf } from '../../lib/message-of.ts'
import { parseYaml, YamlSyntaxError } from '../../lib/yaml.ts'
import { CommandError } from '../command-error.ts'

/** Where the Kubernetes API is and how to be let in. */
export interface ApiAccess {
  /** Such as `https://127.0.0.1:16443`. */
  readonly server: string
  /** PEM; the system's roots where there is none. */
  readonly caCertificate?: string
  readonly serverName?: string
  readonly skipVerification: boolean
  readonly token?: string
  readonly clientCertificate?: string
  readonly clientKey?: string
  /** The context's, else `default`. */
  readonly namespace: string
}

/** What decides which kubeconfig is read. */
export interface KubeconfigChoice {
  /** The value of `--kubeconfig`. */
  readonly path?: string | undefined
  /** The value of `--kube-context`. */
  readonly context?: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly workingDirectory: string
  readonly homeDirectory: string
}

/**
 * Reads the kubeconfig that the flag names, else those of `KUBECONFIG` taken together as kubectl does, else
 * `.sluice/kubeconfig` of the working directory, else `~/.kube/config`.
 */
export function loadKubeconfig(choice: KubeconfigChoice): ApiAccess {
  const files = findKubeconfigs(choice).map((path) => ({ path, config: readConfig(path) }))
  return new Kubeconfig(files).access(choice.context)
}

function findKubeconfigs(choice: KubeconfigChoice): readonly string[] {
  const { path, environment, workingDirectory, homeDirectory } = choice
  if (path !== undefined && path !== '') return [resolve(workingDirectory, path)]
  const listed = (environment['KUBECONFIG'] ?? '').split(delimiter).filter((entry) => entry !== '')
  const fromEnvironment = listed.map((entry) => resolve(workingDirectory, entry))
  const dataDir = environment['SLUICE_DATA_DIR'] ?? '.sluice'
  const usual = [
    resolve(workingDirectory, dataDir, 'kubeconfig'),
    join(homeDirectory, '.kube', 'config'),
  ]
  const candidates = fromEnvironment.length > 0 ? fromEnvironment : usual
  const found = candidates.filter((candidate) => existsSync(candidate))
  if (found.length > 0) return fromEnvironment.length > 0 ? found : found.slice(0, 1)
  throw new CommandError(
    `there is no kubeconfig at ${candidates.join(' or ')}. Start Sluice with "sluice dev" in this folder, or name the file with --kubeconfig.`,
  )
}

function readConfig(path: string): JsonObject {
  const text = readText(path, 'the kubeconfig')
  try {
    const config = parseYaml(text)
    if (isJsonObject(config)) return config
  } catch (error) {
    if (!(error instanceof YamlSyntaxError)) throw error
    throw new CommandError(`the kubeconfig ${path} is no valid YAML: ${error.message}`)
  }
  throw new CommandError(`the kubeconfig ${path} is empty or no kubeconfig`)
}

function readText(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const cause = messageOf(error)
    throw new CommandError(`${what} cannot be read: ${cause}`)
  }
}

const stringOf = (object: JsonObject, field: string): string | undefined => {
  const value = object[field]
  return typeof value === 'string' && value !== '' ? value : undefined
}

interface KubeconfigFile {
  readonly path: string
  readonly config: JsonObject
}

/** An entry of one of the lists, and the file that it stands in. */
interface Entry {
  readonly path: string
  readonly value: JsonObject
}

/** One or more files, of which the first that has something counts. */
class Kubeconfig {
  readonly #files: readonly KubeconfigFile[]
  readonly #title: string

  constructor(files: readonly KubeconfigFile[]) {
    this.#files = files
    this.#title = files.map(({ path }) => path).join(' and ')
  }

  access(wantedContext: string | undefined): ApiAccess {
    const contextName = wantedContext ?? this.#currentContext()
    const { value: context } = this.#entry('contexts', 'context', contextName)
    const cluster = this.#entry('clusters', 'cluster', stringOf(context, 'cluster') ?? '')
    const userName = stringOf(context, 'user')
    const user =
      userName === undefined ? { path: '', value: {} } : this.#entry('users', 'user', userName)
    const server = stringOf(cluster.value, 'server')
    if (server === undefined) throw this.#error(`has no server for context "${contextName}"`)
    return {
      server,
      skipVerification: cluster.value['insecure-skip-tls-verify'] === true,
      namespace: stringOf(context, 'namespace') ?? 'default',
      ...materialOf(cluster, 'certificate-authority', 'caCertificate'),
      ...materialOf(user, 'client-certificate', 'clientCertificate'),
      ...materialOf(user, 'client-key', 'clientKey'),
      ...optional('serverName', stringOf(cluster.value, 'tls-server-name')),
      ...optional('token', this.#token(user)),
    }
  }

  #currentContext(): string {
    for (const { config } of this.#files) {
      const name = stringOf(config, 'current-context')
      if (name !== undefined) return name
    }
    throw this.#error('has no current-context; choose one with --kube-context')
  }

  #token({ path, value: user }: Entry): string | undefined {
    if (isJsonObject(user['exec']) || isJsonObject(user['auth-provider'])) {
      throw this.#error(
        'gets its credential from a program, which Sluice does not run; use a token or a client certificate',
      )
    }
    const file = stringOf(user, 'tokenFile')
    const token =
      file === undefined
        ? stringOf(user, 'token')
        : readText(resolve(dirname(path), file), 'the token file').trim()
    if (token !== undefined && /[^\x21-\x7e]/.test(token)) {
      throw this.#error('has a token with characters that no token has')
    }
    return token
  }

  #entry(list: string, field: string, name: string): Entry {
    const names: string[] = []
    for (const { path, config } of this.#files) {
      const entries: readonly unknown[] = Array.isArray(config[list]) ? config[list] : []
      for (const entry of entries.filter(isJsonObject)) {
        const value = entry[field]
        if (entry['name'] === name && isJsonObject(value)) return { path, value }
        names.push(String(entry['name']))
      }
    }
    throw this.#error(`has no ${field} "${name}"; it has ${names.join(', ') || 'none'}`)
  }

  #error(problem: string): CommandError {
    return new CommandError(`the kubeconfig ${this.#title} ${problem}`)
  }
}

/** PEM text given as base64 in `<field>-data`, or as the path of a file relative to the kubeconfig. */
function materialOf<Name extends string>({ path, value }: Entry, field: string, name: Name) {
  const data = stringOf(value, `${field}-data`)
  if (data !== undefined) return optional(name, Buffer.from(data, 'base64').toString())
  const file = stringOf(value, field)
  return optional(name, file && readText(resolve(dirname(path), file), `the ${field}`))
}

function optional<Name extends string>(
  name: Name,
  value: string | undefined,
): Partial<Record<Name, string>> {
  return value === undefined ? {} : ({ [name]: value } as Partial<Record<Name, string>>)
}

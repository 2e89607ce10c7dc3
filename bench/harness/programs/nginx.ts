import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BenchProcess, startPinned } from './bench-process.ts'
import { waitForPort } from './wait-for-port.ts'

/**
 * Starts nginx with a configuration of `bench/nginx`, in which `@NAME@` stands for a value of `values`.
 * One worker, in the foreground.
 */
export async function startNginx(
  folder: string,
  name: string,
  core: string,
  values: Readonly<Record<string, string>>,
): Promise<BenchProcess> {
  const template = readFileSync(join(import.meta.dirname, '../../nginx', `${name}.conf`), 'utf8')
  const filled = template.replaceAll(/@([A-Z_]+)@/g, (_match, key: string) => {
    const value = values[key] ?? { FOLDER: folder }[key]
    if (value === undefined) throw new Error(`${name}.conf wants a value for ${key}.`)
    return value
  })
  const file = join(folder, `${name}.conf`)
  writeFileSync(file, filled)
  const nginx = startPinned(core, 'nginx', [
    '-p',
    folder,
    '-c',
    file,
    '-e',
    join(folder, 'error.log'),
  ])
  const [host = '', port = ''] = (values['LISTEN'] ?? '').split(':')
  await waitForPort(host, Number(port))
  return nginx
}

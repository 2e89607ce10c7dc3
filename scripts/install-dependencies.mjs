// Runs before `npm start` and `npm test`, under whatever Node the machine has (20 or later), so that
// both commands work in a fresh clone. It installs exactly what the lock file says, once.
import { spawnSync } from 'node:child_process'
import { copyFileSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const lockFile = join(root, 'package-lock.json')
const installedLockFile = join(root, 'node_modules', '.sluice-lock.json')

// Whatever NODE_ENV and the user's npm leave out: the tests need the one, Node itself comes by the other.
const everything = ['--include=dev', '--include=optional']

const read = (file) => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

if (read(lockFile) !== read(installedLockFile)) {
  process.stderr.write('Installing dependencies (npm ci) ...\n')
  const { status } = spawnSync(
    'npm',
    ['ci', ...everything, '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    },
  )
  if (status !== 0) {
    process.stderr.write('npm ci failed; see the lines above.\n')
    process.exit(status ?? 1)
  }
  copyFileSync(lockFile, installedLockFile)
}

const node = spawnSync('node', ['--version'], {
  cwd: root,
  encoding: 'utf8',
  env: {
    ...process.env,
    PATH: `${join(root, 'node_modules', '.bin')}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH}`,
  },
  shell: process.platform === 'win32',
})
const major = Number(/^v(\d+)/.exec(node.stdout ?? '')?.[1] ?? 0)
if (major < 24) {
  process.stderr.write(
    `Sluice needs Node 24 or later and found ${node.stdout?.trim() || 'none'}. ` +
      'No packaged Node exists for this platform; install one from https://nodejs.org.\n',
  )
  process.exit(1)
}

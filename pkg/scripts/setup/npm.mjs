import { join } from 'node:path'
import { modules } from '../lib/paths.mjs'
import { Failure, output, run } from '../lib/run.mjs'
import { unlessFresh } from '../lib/stamp.mjs'
import { wasmOpt } from '../lib/versions.mjs'

/** Folder of binaryen's commands: goes first on PATH, since wasm-pack takes any wasm-opt it finds. */
export const binaryen = join(modules, 'binaryen/bin')

export async function ensureNpm() {
  const [major] = process.versions.node.split('.').map(Number)
  if (major < 20) throw new Failure(`Node ${process.versions.node} is too old`, 'install Node 20 or newer')
  await unlessFresh({
    name: 'npm-ci',
    inputs: ['package-lock.json'],
    // esbuild and workerd come as prebuilt packages, so no install script is needed, and none is trusted.
    outputs: ['node_modules/.package-lock.json', 'node_modules/lictor/package.json'],
    work: () =>
      run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
        hint: 'if package.json and package-lock.json disagree, run `npm install` once; otherwise the npm registry could not be reached',
      }),
  })
  const version = output(join(binaryen, 'wasm-opt'), ['--version'])
  if (!version?.startsWith(`wasm-opt version ${wasmOpt} `)) {
    throw new Failure(`wasm-opt ${wasmOpt} was expected in ${binaryen}, found: ${version ?? 'none'}`, 'run `npm ci`')
  }
}

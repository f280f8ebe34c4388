import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { cargoTools, root } from '../lib/paths.mjs'
import { output, run } from '../lib/run.mjs'
import { unlessFresh } from '../lib/stamp.mjs'
import * as versions from '../lib/versions.mjs'
import { binaryen } from '../setup/npm.mjs'
import { orderFunctions } from './order.mjs'
import { patchGlue } from './patch-glue.mjs'
import { shortNames } from './short-names.mjs'

/**
 * Compiles the crate: `pkg/wasm` is the whole engine, `pkg/wasm-check` what most pages need of it, `pkg/wasm-tools` what hosts and
 * authors need beside it.
 */
export async function buildWasm(options) {
  await buildOne({ stamp: 'wasm', folder: 'pkg/wasm', name: 'lictor', ...options })
  await buildOne({
    stamp: 'wasm-check',
    folder: 'pkg/wasm-check',
    name: 'check',
    cargo: ['--no-default-features'],
    ...options,
  })
  await buildOne({
    stamp: 'wasm-tools',
    folder: 'pkg/wasm-tools',
    name: 'tools',
    cargo: ['--features', 'tools'],
    ...options,
  })
}

/** One `.wasm` and its web-target glue. */
function buildOne({ stamp, folder, name, cargo = [], debug = false }) {
  const toolchain = output('rustc', ['--version'])
  return unlessFresh({
    name: stamp,
    inputs: [
      'Cargo.toml',
      'Cargo.lock',
      'src',
      ...['wasm', 'order', 'binary', 'short-names', 'patch-glue'].map((of) => `pkg/scripts/build/${of}.mjs`),
    ],
    also: { toolchain, debug, versions: { ...versions } },
    outputs: [`${folder}/${name}_bg.wasm`, `${folder}/${name}.js`, `${folder}/${name}.d.ts`],
    work: async () => {
      const mode = debug ? '--dev' : '--release'
      // wasm-pack's defaults would overwrite a package.json and leave a .gitignore that makes `npm pack` drop the wasm.
      const shape = ['--target', 'web', '--out-dir', folder, '--out-name', name, '--no-pack', '--no-gitignore']
      await run('wasm-pack', ['build', mode, '--mode', 'no-install', ...shape, '--', ...cargo], {
        env: buildEnvironment(),
      })
      patchGlue(join(root, folder), name)
      if (debug) return
      shortNames(join(root, folder), name)
      await orderFunctions(join(root, folder, `${name}_bg.wasm`), wasmFeatures())
    },
  })
}

function buildEnvironment() {
  const home = homedir()
  const cargoHome = process.env.CARGO_HOME || join(home, '.cargo')
  const sysroot = output('rustc', ['--print', 'sysroot'])
  // Panic locations embed paths. Without these the bytes would differ from machine to machine. The last match wins.
  const remap = [
    [home, '/home'],
    [cargoHome, '/cargo'],
    [sysroot, '/rust'],
    [root, '/lictor'],
  ]
  const flags = remap.map(([from, to]) => `--remap-path-prefix=${from}=${to}`)
  // Counting through a list by several pointers instead of one number is faster where machines have no such addresses, and longer.
  flags.push('-Cllvm-args=-disable-lsr')
  return {
    PATH: [binaryen, join(cargoTools, 'bin'), process.env.PATH].join(delimiter),
    // Encoded, since a path may contain a space.
    CARGO_ENCODED_RUSTFLAGS: flags.join('\x1f'),
  }
}

/** What wasm-opt is told to expect, as wasm-pack tells it. */
function wasmFeatures() {
  return readFileSync(join(root, 'Cargo.toml'), 'utf8').match(/--enable-[a-z-]+/g)
}

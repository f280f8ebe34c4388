import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { cargoTools, root } from '../lib/paths.mjs'
import { output, run } from '../lib/run.mjs'
import { unlessFresh } from '../lib/stamp.mjs'
import * as versions from '../lib/versions.mjs'
import { binaryen } from '../setup/npm.mjs'
import { patchGlue } from './patch-glue.mjs'

/** Compiles the crate to `pkg/wasm`: one `.wasm` and its web-target glue. */
export function buildWasm({ debug = false } = {}) {
  const toolchain = output('rustc', ['--version'])
  return unlessFresh({
    name: 'wasm',
    inputs: ['Cargo.toml', 'Cargo.lock', 'src', 'pkg/scripts/build/wasm.mjs', 'pkg/scripts/build/patch-glue.mjs'],
    also: { toolchain, debug, versions: { ...versions } },
    outputs: ['pkg/wasm/lictor_bg.wasm', 'pkg/wasm/lictor.js', 'pkg/wasm/lictor.d.ts'],
    work: async () => {
      const mode = debug ? '--dev' : '--release'
      // wasm-pack's defaults would overwrite a package.json and leave a .gitignore that makes `npm pack` drop the wasm.
      const shape = ['--target', 'web', '--out-dir', 'pkg/wasm', '--out-name', 'lictor', '--no-pack', '--no-gitignore']
      await run('wasm-pack', ['build', mode, '--mode', 'no-install', ...shape], { env: buildEnvironment() })
      patchGlue()
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
  return {
    PATH: [binaryen, join(cargoTools, 'bin'), process.env.PATH].join(delimiter),
    // Encoded, since a path may contain a space.
    CARGO_ENCODED_RUSTFLAGS: flags.join('\x1f'),
  }
}

import { existsSync, readFileSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { cargoTools as folder, root, tools } from '../lib/paths.mjs'
import { Failure, output, run, say } from '../lib/run.mjs'
import { cargoTools, wasmTarget } from '../lib/versions.mjs'

/** cargo and rustup, where rustup put them even if the shell was not restarted after installing. */
export function ensureRust() {
  if (output('cargo', ['--version']) !== undefined) return
  process.env.PATH = `${join(homedir(), '.cargo/bin')}${delimiter}${process.env.PATH}`
  if (output('cargo', ['--version']) !== undefined) return
  throw new Failure(
    '`cargo` was not found',
    'install Rust 1.90 or newer with rustup (https://rustup.rs), then try again',
  )
}

export async function ensureWasmTarget() {
  const sysroot = output('rustc', ['--print', 'sysroot'])
  if (sysroot && existsSync(join(sysroot, 'lib/rustlib', wasmTarget))) return
  say(`> adding the Rust target ${wasmTarget}`)
  await run('rustup', ['target', 'add', wasmTarget], {
    hint: `the Rust toolchain lacks ${wasmTarget} and rustup could not add it`,
  })
}

/** rustup's minimal profile has neither. */
export async function ensureRustComponents() {
  for (const [component, probe] of [
    ['rustfmt', 'fmt'],
    ['clippy', 'clippy'],
  ]) {
    if (output('cargo', [probe, '--version']) !== undefined) continue
    say(`> adding the Rust component ${component}`)
    await run('rustup', ['component', 'add', component])
  }
}

/** Installs wasm-pack and the matching wasm-bindgen into `.tools/cargo`; about a minute each, once. */
export async function ensureCargoTools() {
  const wanted = cargoTools['wasm-bindgen'].version
  if (!readFileSync(join(root, 'Cargo.toml'), 'utf8').includes(`wasm-bindgen = "=${wanted}"`)) {
    throw new Failure(
      `Cargo.toml does not pin wasm-bindgen to ${wanted}, the version of the installed command`,
      'change both: Cargo.toml and pkg/scripts/lib/versions.mjs',
    )
  }
  // One target folder for both: they have dependencies in common, and an interrupted run goes on where it stopped.
  const target = join(tools, 'cargo-target')
  for (const [command, { crate, version }] of Object.entries(cargoTools)) {
    if (output(join(folder, 'bin', command), ['--version'])?.endsWith(version)) continue
    say(`> compiling ${crate} ${version} (about a minute, once)`)
    const where = ['--root', folder, '--target-dir', target]
    await run('cargo', ['install', crate, '--version', version, '--locked', ...where], {
      hint: 'this needs the crate registry; run the command again once it can be reached',
    })
  }
  rmSync(target, { recursive: true, force: true })
}

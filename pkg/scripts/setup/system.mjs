import { existsSync } from 'node:fs'
import { Failure, output, run, say } from '../lib/run.mjs'

/** rustc needs a linker and the C library's start files; a machine with only rustup has neither. */
export async function ensureLinker() {
  if (output('cc', ['--version']) === undefined) await install(['gcc', 'libc6-dev'], 'a linker for Rust')
}

/** Only tests need a browser. `CHROMIUM` names another one. */
export async function ensureChromium() {
  const given = process.env.CHROMIUM
  if (given && !existsSync(given)) throw new Failure(`CHROMIUM names \`${given}\`, which does not exist`)
  if (!existsSync(chromium())) await install(['chromium'], 'a browser for the tests')
}

export function chromium() {
  return process.env.CHROMIUM || '/usr/bin/chromium'
}

let updated = false

async function install(packages, why) {
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`
  say(`> installing ${packages.join(' and ')} (${why})`)
  const apt = (...args) =>
    run(...asRoot('apt-get', ['-qq', '-o', 'Dpkg::Use-Pty=0', ...args]), {
      env: { DEBIAN_FRONTEND: 'noninteractive' },
      hint: `install ${why} by hand: ${command}`,
    })
  if (!updated) await apt('update')
  updated = true
  await apt('install', '-y', '--no-install-recommends', ...packages)
}

function asRoot(command, args) {
  return process.getuid?.() === 0 ? [command, args] : ['sudo', ['-n', command, ...args]]
}

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
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

/** A second browser, of another make. `FIREFOX` names another one. */
export async function ensureFirefox() {
  const given = process.env.FIREFOX
  if (given && !existsSync(given)) throw new Failure(`FIREFOX names \`${given}\`, which does not exist`)
  if (!existsSync(firefox())) await install(['firefox-esr'], 'a second browser for the tests')
}

export function firefox() {
  return process.env.FIREFOX || '/usr/bin/firefox-esr'
}

/**
 * Tests make a PostgreSQL cluster of their own. The one Debian's package may make and start on installing is not used, and
 * left alone. `POSTGRES_BIN` names another folder of its programs.
 */
export async function ensurePostgres() {
  const given = process.env.POSTGRES_BIN
  if (given && !existsSync(join(given, 'initdb')))
    throw new Failure(`POSTGRES_BIN names \`${given}\`, which holds no initdb`)
  if (!postgresFolder()) await install(['postgresql'], 'a database server for the tests')
}

/** The folder of PostgreSQL's programs, the newest where there are several, or undefined. Debian keeps them off PATH. */
export function postgresFolder() {
  if (process.env.POSTGRES_BIN) return process.env.POSTGRES_BIN
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [...versions.map((version) => join(debian, version, 'bin')), output('pg_config', ['--bindir'])]
  return folders.find((folder) => folder && existsSync(join(folder, 'initdb')))
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

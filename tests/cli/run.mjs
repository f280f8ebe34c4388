// The built command as a child process, in a folder of its own.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const cli = fileURLToPath(new URL('../../pkg/dist/cli.js', import.meta.url))

const seed = fileURLToPath(new URL('seed-file.mjs', import.meta.url))

/**
 * A folder with nothing in it. In a shell there, `lictor` is the command as an installed package gives it, and `seed`
 * adds people and records to `lictor.db` (see `seed.mjs`).
 */
export function makeFolder(env = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'lictor-cli-'))
  const work = join(folder, 'work')
  mkdirSync(work)
  symlinkSync(cli, join(folder, 'lictor'))
  writeFileSync(join(folder, 'seed'), `#!/bin/sh\nexec '${process.execPath}' '${seed}'\n`, { mode: 0o755 })
  const all = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}`, ...env }
  for (const name of ['LICTOR_STORE', 'LICTOR_POLICY', 'NO_COLOR', 'FORCE_COLOR', 'RDM_RECORDS_USER_FIXTURE_PASSWORDS'])
    if (!(name in env)) delete all[name]
  const start = (command, args) =>
    spawn(command, args, {
      cwd: work,
      env: all,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 120_000,
      killSignal: 'SIGKILL',
    })
  return {
    path: work,
    env: all,
    /** Runs `lictor` with these arguments. */
    lictor: (...args) => ended(start(process.execPath, [cli, ...args])),
    /** As `lictor`, and reads what it prints as JSON; stderr's if it failed. */
    async json(...args) {
      const result = await ended(start(process.execPath, [cli, ...args, '--json']))
      return { ...result, value: JSON.parse(result.code === 0 ? result.out : result.err) }
    },
    /** Runs a line of shell. */
    shell: (line) => ended(start('sh', ['-c', line])),
    start: (...args) => start(process.execPath, [cli, ...args]),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Output and exit code of a process, or the signal that ended it. */
export async function ended(child) {
  const text = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (part) => (text.out += part))
  child.stderr.setEncoding('utf8').on('data', (part) => (text.err += part))
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve(code ?? signal))
  })
  return { code, ...text }
}

/** Runs jobs, a few at a time. */
export async function pooled(jobs, width = 4) {
  const queue = [...jobs]
  const worker = async () => {
    for (let job = queue.shift(); job; job = queue.shift()) await job()
  }
  await Promise.all(Array.from({ length: width }, worker))
}

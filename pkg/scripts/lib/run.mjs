import { spawn, spawnSync } from 'node:child_process'
import { root } from './paths.mjs'

/** A failure that is explained by its message and, where one is known, by what to do next. No stack is shown. */
export class Failure extends Error {
  constructor(message, hint) {
    super(message)
    this.hint = hint
  }
}

/** Progress goes to stderr: the stdout of `npm run vectors` and `npm run bench` belongs to their results. */
export function say(text) {
  process.stderr.write(`${text}\n`)
}

/** Runs a command in the foreground and throws a `Failure` unless it exits with 0. */
export async function run(command, args, { cwd = root, env = {}, stdout = 2, hint } = {}) {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', stdout, 2] })
  const result = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.code === 'ENOENT' ? 'was not found' : error.message))
    child.on('exit', (code, signal) => resolve(signal ?? code))
  })
  if (result === 0) return
  const how = typeof result === 'number' ? `exited with ${result}` : result
  throw new Failure(`\`${[command, ...args].join(' ')}\` ${how}`, hint)
}

/** What a command prints on stdout, or `undefined` if it cannot be run or fails. */
export function output(command, args, { cwd = root, env = {} } = {}) {
  const result = spawnSync(command, args, { cwd, env: { ...process.env, ...env }, encoding: 'utf8' })
  return result.status === 0 ? result.stdout.trim() : undefined
}

export function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`
}

/** The frame of every command: explains failures and sets the exit code. */
export async function main(body) {
  try {
    await body()
  } catch (error) {
    say(`\nerror: ${error instanceof Failure ? error.message : (error.stack ?? error)}`)
    if (error.hint) say(`  ${error.hint}`)
    process.exitCode = 1
  }
}

#!/usr/bin/env node
// `npm run prove`: the promises of the offline client, each with its figure. `npm run prove -- --full` takes its time.
// `--only native`, or one of `tests/prove/js/parts.mjs`, and more than once, runs these parts alone; `--workers 2` leaves
// room for others.
import { fork } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { TITLES } from '../../tests/prove/js/parts.mjs'
import { build } from './build.mjs'
import { root } from './lib/paths.mjs'
import { Failure, main, run, say } from './lib/run.mjs'
import { setup } from './setup/index.mjs'

const NATIVE = 'native'

await main(async () => {
  const { full, only, workers } = options()
  const chosen = Object.keys(TITLES).filter((name) => only.length === 0 || only.includes(name))
  await setup({ hosts: chosen.length > 0 })
  const parts = only.length === 0 || only.includes(NATIVE) ? [await native(full)] : []
  if (chosen.length > 0) {
    await build()
    const rest = workers === undefined ? [] : ['--workers', workers]
    parts.push(...(await scripted([...(full ? ['--full'] : []), ...rest, ...chosen])))
  }
  print(parts)
  const failed = parts.filter(({ faults }) => faults.length > 0)
  for (const { name, faults } of failed) for (const fault of faults.slice(0, 10)) say(`\n${name}: ${fault}`)
  if (failed.length > 0) throw new Failure(`not proved: ${failed.map(({ name }) => name).join(', ')}`)
})

function options() {
  const names = [NATIVE, ...Object.keys(TITLES)]
  const hint = `npm run prove -- [--full] [--workers N] [--only PART]..., where PART is ${names.join(', ')}`
  const { values } = parse(hint)
  const unknown = values.only.find((name) => !names.includes(name))
  if (unknown !== undefined) throw new Failure(`there is no part \`${unknown}\``, hint)
  if (values.workers !== undefined && !/^[1-9]\d*$/.test(values.workers))
    throw new Failure(`\`${values.workers}\` is no number of workers`, hint)
  return values
}

function parse(hint) {
  try {
    return parseArgs({
      options: {
        full: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true, default: [] },
        workers: { type: 'string' },
      },
    })
  } catch (error) {
    throw new Failure(error.message, hint)
  }
}

/** Random worlds in Rust. They print their own figures, which stay as they are. */
async function native(full) {
  const name = 'random worlds (native; figures above)'
  say(`> ${name}`)
  const start = performance.now()
  const faults = []
  try {
    const env = full ? { LICTOR_PROVE: 'full' } : {}
    const tests = ['prove', 'prove_repository', 'prove_ils'].flatMap((file) => ['--test', file])
    await run('cargo', ['test', '--profile', 'bench', '--no-fail-fast', ...tests, '--', '--nocapture'], {
      env,
      stdout: 'inherit',
    })
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    faults.push(error.message)
  }
  return { name, seconds: (performance.now() - start) / 1000, figures: {}, faults }
}

/** The rest, against the built package in a process of its own. */
async function scripted(args) {
  const child = fork(join(root, 'tests/prove/js/run.mjs'), args, { stdio: [0, 2, 2, 'ipc'] })
  const parts = []
  child.on('message', (part) => parts.push(part))
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve))
  if (code !== 0)
    parts.push({ name: 'the simulator', seconds: 0, figures: {}, faults: [`its process ended with ${code}`] })
  return parts
}

function print(parts) {
  for (const { name, seconds, figures, faults } of parts) {
    console.log(`\n${name}: ${faults.length === 0 ? 'ok' : 'FAILED'}, ${seconds.toFixed(1)} s`)
    const width = Math.max(0, ...Object.keys(figures).map((figure) => figure.length))
    for (const [figure, value] of Object.entries(figures)) {
      const shown = typeof value === 'number' ? value.toLocaleString('en') : value
      console.log(`  ${figure.padEnd(width)}  ${shown}`)
    }
  }
}

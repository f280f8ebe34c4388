// All of the JavaScript part of the proof, each with its figures; the short form runs in `npm test`, too.

import { figuresOf, findBugs, runHistories } from './histories.mjs'
import { killChromium } from './kill-chromium.mjs'
import { cutPostgres } from './kill-postgres.mjs'
import { killServer } from './kill-server.mjs'
import { manyDevices } from './kill-devices.mjs'

/** Histories of a model in the short and in the long form. Those of the whole model take three times as long. */
const SHORT = { oarepo: 150, repository: 12 }
const LONG = { oarepo: 5000, repository: 1500 }

/** What must have gone wrong at least once. */
const HAPPEN = [
  'device crashes',
  'server crashes',
  'revocations',
  'access lists made, changed or removed',
  'stores reset',
  'policy changes',
  'policies rolled out node by node',
  'profiles copied',
]

/** Histories that were run as they should have been, and put something to the test. */
async function histories(model, { full, workers, said }) {
  const found = await runHistories({ model, count: (full ? LONG : SHORT)[model], workers, said })
  const figures = figuresOf(found)
  const faults = found.results.flatMap(({ violations }) =>
    violations.map(({ seed, invariant, about }) => `history ${seed}: ${invariant}: ${about}`),
  )
  for (const seed of found.unrepeatable) faults.push(`history ${seed} is another one when it is run again`)
  for (const name of HAPPEN) if (figures[name] === 0) faults.push(`there was none of this: ${name}`)
  if (figures['of them predicted allow or deny'] < 5 * figures.histories)
    faults.push('too few predictions were put to the test')
  return { figures, faults }
}

async function planted({ workers }) {
  const found = await findBugs({ workers })
  const figures = Object.fromEntries(
    found.map(({ bug, seed, invariant }) => [
      bug,
      seed === null ? 'not found' : `found by \`${invariant}\` (history ${seed})`,
    ]),
  )
  return { figures, faults: found.filter(({ seed }) => seed === null).map(({ bug }) => `\`${bug}\` was not found`) }
}

/** What checks itself, and throws where something is wrong. */
const checked = (work) => async (options) => ({ figures: await work(options), faults: [] })

const PARTS = {
  simulator: (options) => histories('oarepo', options),
  repository: (options) => histories('repository', options),
  planted,
  server: checked(killServer),
  postgres: checked(cutPostgres),
  devices: checked(manyDevices),
  chromium: checked(killChromium),
}

/** Runs one part (`parts.mjs` names them): `{figures, faults}`. */
export function runPart(name, options) {
  return PARTS[name]({ full: false, said: () => {}, ...options })
}

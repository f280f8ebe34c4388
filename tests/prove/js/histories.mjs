// Many histories, their figures, and the faults planted on purpose that they must find.

import { availableParallelism } from 'node:os'
import { bugs } from './sim/bugs.mjs'
import { Pool } from './sim/pool.mjs'

/** A planted fault must be found within so many histories. */
const BOUND = 60

/** Figures of a history that are added up. */
const SUMS = [
  'events',
  'deliveries',
  'lost',
  'crashes',
  'serverCrashes',
  'clearings',
  'resets',
  'policies',
  'rolls',
  'revocations',
  'lists',
  'copies',
  'intents',
  'decided',
  'rejected',
  'sameBase',
  'sameBaseKnown',
  'mismatches',
  'patches',
  'moves',
  'answers',
]

/** What breaks under each name of an invariant, as the figures call it. */
const FIGURES = {
  'intents lost': 'nothing lost',
  'done twice': 'exactly once',
  'replicas diverged': 'replica is the projection',
  residue: 'no residue',
  'contradicted answers': 'sound prediction',
  'mismatches at the same revision': 'same base, same answer',
  'revisions moved by others': 'revision moves with the projection alone',
  'writes of tabs that lead no more': 'one leader writes',
  'states out of order': 'order of states',
  'other faults': 'no fault',
}

/** Runs `count` histories from `first` on, some of them twice. `said` hears how far it is. */
export async function runHistories({
  count,
  model = 'oarepo',
  first = 1,
  workers = availableParallelism(),
  said = () => {},
}) {
  const pool = new Pool(workers)
  try {
    const results = []
    const seeds = Array.from({ length: count }, (_, i) => first + i)
    await Promise.all(
      seeds.map(async (seed) => {
        results.push(await pool.run({ seed, model }))
        if (results.length % 50 === 0) said(`${results.length} of ${count} histories`)
      }),
    )
    const again = seeds.slice(0, Math.max(2, Math.min(20, Math.floor(count / 25))))
    const digests = new Map(results.map(({ seed, digest }) => [seed, digest]))
    const repeated = await Promise.all(again.map((seed) => pool.run({ seed, model })))
    const unrepeatable = repeated.filter(({ seed, digest }) => digest === '' || digest !== digests.get(seed))
    return { results, repeated: repeated.length, unrepeatable: unrepeatable.map(({ seed }) => seed) }
  } finally {
    pool.close()
  }
}

/** Looks for each planted fault until a history breaks. */
export async function findBugs({ workers = availableParallelism(), bound = BOUND } = {}) {
  const pool = new Pool(workers)
  try {
    return await Promise.all(Object.keys(bugs).map((bug) => findBug(pool, bug, bound)))
  } finally {
    pool.close()
  }
}

async function findBug(pool, bug, bound) {
  for (let seed = 1; seed <= bound; seed++) {
    // A fault that merely makes something throw would be found without a simulator.
    const violations = (await pool.run({ seed, bug })).violations.filter(({ invariant }) => invariant !== 'no fault')
    if (violations.length === 0) continue
    const [{ invariant, about }] = violations
    return { bug, seed, invariant, about, all: [...new Set(violations.map((one) => one.invariant))] }
  }
  return { bug, seed: null }
}

/** Rows of a table: what is counted, and how much of it there was. */
export function figuresOf({ results, repeated, unrepeatable }) {
  const sum = (name) => results.reduce((total, result) => total + (result[name] ?? 0), 0)
  const broken = results.flatMap(({ violations }) => violations)
  const rows = {
    histories: results.length,
    ...Object.fromEntries(SUMS.map((name) => [NAMES[name] ?? name, sum(name)])),
  }
  for (const [figure, name] of Object.entries(FIGURES))
    rows[figure] = new Set(broken.filter(({ invariant }) => invariant === name).map(({ seed }) => seed)).size
  rows['histories repeated'] = repeated
  rows['repeated otherwise'] = unrepeatable.length
  return rows
}

const NAMES = {
  lost: 'messages lost',
  crashes: 'device crashes',
  serverCrashes: 'server crashes',
  clearings: 'storage cleared',
  resets: 'stores reset',
  policies: 'policy changes',
  rolls: 'policies rolled out node by node',
  lists: 'access lists made, changed or removed',
  copies: 'profiles copied',
  decided: 'verdicts',
  sameBase: 'verdicts at the same base',
  sameBaseKnown: 'of them predicted allow or deny',
  mismatches: 'mismatching verdicts',
  patches: 'patches',
  moves: 'patches that moved a view',
  answers: 'answers compared',
}

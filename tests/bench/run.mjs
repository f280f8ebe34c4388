// `npm run bench`: agreement first, then times, interleaved by rounds; goals are shown beside what was measured.
// `--quick` asks a hundredth of it, for a smoke run. Nothing here fails because of a time.
import { cpus, loadavg } from 'node:os'
import { agree } from './agree.mjs'
import { coldStart } from './cold.mjs'
import { WITH_ADMIN, facts as makeFacts, records as makeRecords } from './generate.mjs'
import { markdown, time } from './measure.mjs'
import { flatMemory, watchMemory, wasmBytes } from './memory.mjs'
import { decisions, heldLists, loading, sessionCost, unseenLists } from './workloads.mjs'

const quick = process.argv.includes('--quick')
const size = quick
  ? {
      samples: 100,
      records: 2_000,
      asked: 2_000,
      lists: [2_000],
      unseen: 2_000,
      members: [1, 50],
      times: 3,
      cold: 1,
      decisions: 1_000_000,
    }
  : {
      samples: 400,
      records: 10_000,
      asked: 40_000,
      lists: [10_000, 100_000, 1_000_000],
      unseen: 100_000,
      members: [1, 50, 500],
      times: 15,
      cold: 15,
      decisions: 1_000_000,
    }

watchMemory()
const { createEngine } = await import('lictor')
const engine = await createEngine({ policy: 'oarepo', changes: WITH_ADMIN })

const subject = { type: 'user', id: 7 }
const users = [
  [7, 50],
  [8, 1],
  [9, 200],
]
const facts = makeFacts({ users })
const read = engine.facts(facts)
const records = makeRecords({ count: size.records })
const say = (text) => console.log(text)

// ---- agreement -------------------------------------------------------------------------------------------------------

const subjects = [
  subject,
  { type: 'user', id: 8 },
  { type: 'user', id: 9 },
  { type: 'user', id: 400 },
  { type: 'anonymous' },
]
const shared = makeRecords({ count: size.records, secondary: 0.1, seed: 3 })
const compared =
  agree({ engine, facts, records, subjects, samples: size.samples }) +
  agree({ engine, facts, records: shared, subjects, samples: size.samples })
say(`All engines agree on ${compared.toLocaleString('en')} answers.`)

// ---- memory ----------------------------------------------------------------------------------------------------------

const memory = flatMemory({ engine, read, subject, records, decisions: size.decisions })
say(`wasm memory: ${memory.after} bytes before and after ${memory.decisions.toLocaleString('en')} rounds of decisions.`)

// ---- times -----------------------------------------------------------------------------------------------------------

const given = { engine, facts, read, subject, records, times: size.times }
say(
  `Node ${process.version}, ${cpus().length} cores (${cpus()[0].model}), load ${loadavg()[0].toFixed(1)}. Medians of ${size.times} rounds.\n`,
)

const results = decisions({ ...given, asked: size.asked })
const lists = size.lists.map((count) => heldLists({ ...given, count }))
if (!quick) lists.push(heldLists({ ...given, count: 100_000, secondary: 0.1 }))
results.push(...lists)
results.push(unseenLists({ ...given, count: size.unseen }))
results.push(loading({ ...given, count: size.unseen }))
results.push(coldStart(size.cold))

const ratio = (other, own) => (other ? `${time(other.median)} (${(other.median / own.median).toPrecision(2)}x)` : '-')
say(
  markdown(
    ['what', 'lictor', 'best round', 'goal', 'met', 'switch', 'bit table', 'CASL', 'noise'],
    results.map(({ what, goal, casl, times }) => {
      const own = times.lictor
      const met = own.median <= goal && (casl === undefined || times.CASL.median / own.median >= casl)
      const target = `${time(goal)}${casl ? `, ${casl}x` : ''}`
      const others = [times.switch, times.bits, times.CASL].map((other) => ratio(other, own))
      return [
        what,
        time(own.median),
        time(own.best),
        target,
        met ? 'yes' : 'no',
        ...others,
        `${(own.noise * 100).toFixed(0)} %`,
      ]
    }),
  ),
)

say('\nForms of the lists (lictor: tables known, list new; bit table: columns loaded once):\n')
const forms = [
  'lictor: new session',
  'lictor',
  'lictor: again',
  'lictor: bits',
  'lictor: rows',
  'lictor: page of 50',
  'bits',
  'bits: bits',
  'bits: rows',
]
say(
  markdown(
    [
      'records',
      ...forms.map((form) => form.replace('bits', 'bit table').replace(/^lictor: bit table$/, 'lictor: bits')),
    ],
    lists.map(({ what, times }) => [what, ...forms.map((form) => time(times[form].median))]),
  ),
)

const unseen = results.find(({ times }) => times['lictor: canRecord'])
say(
  `\nThe same objects never seen, by session.canRecord one by one: ${time(unseen.times['lictor: canRecord'].median)}.\n`,
)

say(
  markdown(
    ['session', 'lictor'],
    size.members
      .map((members) => {
        const make = (count) => makeFacts({ communities: Math.max(200, count), users: [[7, count]] })
        return sessionCost({ ...given, makeFacts: make, members, count: size.unseen })
      })
      .map(({ what, times }) => [what, time(times.lictor.median)]),
  ),
)

const { steps } = results.at(-1)
say(
  `\nCold start by step: ${Object.entries(steps)
    .map(([name, spent]) => `${name} ${time(spent)}`)
    .join(', ')}.`,
)
for (const { what, bytes } of lists) say(`Index columns, ${what}: ${bytes.toFixed(2)} bytes a record (goal 4).`)
say(`wasm memory at the end: ${(wasmBytes() / 2 ** 20).toFixed(1)} MiB.`)

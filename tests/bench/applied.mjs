// What a change of one access list costs, where an index keeps what the lists come to: 100,000 records, 1,000 lists, and changes
// that touch 100 records. `--quick` asks a hundredth of it. Every change is held to what all records come to anew; nothing
// here fails because of a time.
import { markdown, summary, time } from './measure.mjs'
import { wasmBytes, watchMemory } from './memory.mjs'

const quick = process.argv.includes('--quick')
const [RECORDS, LISTS, TOUCHED, ROUNDS] = quick ? [2_000, 100, 20, 3] : [100_000, 1_000, 100, 15]
/** The goal for a change that touches 100 records, but for a new query and a new list of a whole schema, which may look at all. */
const GOAL = 5e6

watchMemory()
const { createTools } = await import('lictor/tools')

const SCHEMAS = Array.from({ length: 8 }, (_, n) => `schema-${n}`)
const tools = await createTools({ policy: 'explicit-acls', changes: { acls: { schemas: [...SCHEMAS, 'rare'] } } })

// ---- the data --------------------------------------------------------------------------------------------------------

const idOf = (n) => `rec-${String(n).padStart(6, '0')}`

/** Every thousandth is of the schema `rare`; keywords are spread evenly, years run through a century. */
function recordOf(n) {
  return {
    $schema: n % (RECORDS / TOUCHED) === 0 ? 'rare' : SCHEMAS[n % 8],
    title: `A record of some length about the subject number ${n % 977}`,
    creator: n % 500,
    keywords: [`k${n % 400}`, `l${n % 37}`],
    // Of each of these values there are as many records as are to be touched.
    part: `p${n % (RECORDS / TOUCHED)}`,
    serial: n,
    year: 1926 + (n % 100),
    metadata: { language: ['cs', 'en', 'de'][n % 3], publisher: `Publisher ${n % 60}`, subjects: [`s${n % 90}`] },
  }
}

const user = (n) => [{ type: 'user', users: [`u${n}`] }]
const value = (name, value) => ({ type: 'property_value', property_values: [{ name, value }] })
const query = (query) => ({ type: 'query', query })

/** Half of the lists look for one value, a quarter for a value and something more, some for a range alone; some name records. */
function listOf(n) {
  const schemas = [SCHEMAS[n % 8], SCHEMAS[(n + 3) % 8]]
  const common = { schemas, operation: n % 3 === 0 ? 'update' : 'get', priority: n % 4, actors: user(n % 50) }
  const kinds = [
    ...Array.from({ length: 10 }, () => value('keywords', `k${n % 400}`)),
    ...Array.from({ length: 5 }, () =>
      query({ bool: { must: [{ term: { 'metadata.subjects': `s${n % 90}` } }, { prefix: { title: 'A record' } }] } }),
    ),
    ...Array.from({ length: 3 }, () => ({
      type: 'id',
      records: [0, 1, 2, 3].map((i) => idOf((n * 97 + i) % RECORDS)),
    })),
    query({ range: { serial: { gte: String(n), lt: `${n}5` } } }),
    { type: 'default' },
  ]
  const kind = kinds[n % kinds.length]
  // One that speaks of all of a schema is rare, and stands below the others.
  return kind.type === 'default'
    ? { ...common, ...kind, schemas: [SCHEMAS[n % 8]], priority: -1 }
    : { ...common, ...kind }
}

const acls = Object.fromEntries(Array.from({ length: LISTS }, (_, n) => [`list-${n}`, listOf(n)]))
const ids = Array.from({ length: RECORDS }, (_, n) => idOf(n))

// ---- loading ---------------------------------------------------------------------------------------------------------

const begin = wasmBytes()
const lists = tools.applied()
const spent = (work) => {
  const start = performance.now()
  const result = work()
  return { result, nanoseconds: (performance.now() - start) * 1e6 }
}
const ofLists = spent(() => lists.change({ acls }))
let bytes = 0
let ofRecords = 0
for (let from = 0; from < RECORDS; from += 1000) {
  const some = Object.fromEntries(ids.slice(from, from + 1000).map((id, n) => [id, recordOf(from + n)]))
  bytes += JSON.stringify(some).length
  ofRecords += spent(() => lists.load(some)).nanoseconds
}
const all = () => {
  const found = new Map()
  for (let from = 0; from < RECORDS; from += 5000)
    for (const { id, field } of lists.fields(ids.slice(from, from + 5000))) found.set(id, JSON.stringify(field))
  return found
}
const anew = spent(all)

// ---- changes ---------------------------------------------------------------------------------------------------------

const some = Array.from({ length: TOUCHED }, (_, n) => idOf((n * 613) % RECORDS))
const kinds = {
  Id: { type: 'id', records: some },
  PropertyValue: { ...value('part', 'p7'), schemas: SCHEMAS },
  'Query, a value and a range': {
    ...query({ bool: { must: [{ term: { part: 'p8' } }, { range: { year: { gte: '1900' } } }] } }),
    schemas: SCHEMAS,
  },
  'Query, a range alone': { ...query({ range: { serial: { gte: '155', lt: '1556' } } }), schemas: SCHEMAS },
  Default: { type: 'default', schemas: ['rare'] },
}
const of = (kind, who) => ({ operation: 'get', priority: 9, actors: user(who), ...kind })
/** A change, and what it gives: the ids and their new fields. */
const apply = (change) => {
  const { result, nanoseconds } = spent(() => lists.fields(lists.change(change)))
  return { fields: result, nanoseconds }
}

const rows = []
let before = all()
let checked = 0
const held = (fields, what) => {
  const now = all()
  const differ = ids.filter((id) => now.get(id) !== before.get(id))
  const told = new Map(fields.map(({ id, field }) => [id, JSON.stringify(field)]))
  if (differ.length !== told.size || differ.some((id) => told.get(id) !== now.get(id)))
    throw new Error(`${what}: ${told.size} records are told, ${differ.length} came to something else`)
  checked += ids.length
  before = now
}
for (const [name, kind] of Object.entries(kinds)) {
  const steps = [
    ['made', { mine: of(kind, 1) }],
    ['others on it', { mine: of(kind, 2) }],
    ['removed', { mine: null }],
  ]
  const times = steps.map(() => [])
  for (let round = -2; round < ROUNDS; round++) {
    for (const [n, [what, acls]] of steps.entries()) {
      const { fields, nanoseconds } = apply({ acls })
      if (round === -2) held(fields, `${name}, ${what}`)
      if (round >= 0) times[n].push(nanoseconds)
      steps[n][2] = fields.length
    }
  }
  for (const [n, [what, , touched]] of steps.entries())
    rows.push([`${name}: ${what}`, touched, summary(times[n]).median])
}
const times = []
for (let round = 0; round < ROUNDS * 10; round++) {
  const n = (round * 7919) % RECORDS
  const records = { [idOf(n)]: { ...recordOf(n + 1), title: `Changed ${round}` } }
  const { fields, nanoseconds } = apply({ records })
  if (round === 0) held(fields, 'one record')
  times.push(nanoseconds)
}
rows.push(['one record: changed', 1, summary(times).median])

console.log(
  `${RECORDS.toLocaleString('en')} records of ${Math.round(bytes / RECORDS)} bytes, ${LISTS.toLocaleString('en')} lists.`,
)
console.log(`All changes agree with ${checked.toLocaleString('en')} fields worked out anew.\n`)
console.log(
  markdown(
    ['a list', 'records touched', 'time', 'of all anew', 'of the goal'],
    rows.map(([what, touched, median]) => [
      what,
      String(touched),
      time(median),
      `1/${Math.round(anew.nanoseconds / median).toLocaleString('en')}`,
      `${(median / GOAL).toFixed(2)}`,
    ]),
  ),
)
console.log(`\nAll fields anew: ${time(anew.nanoseconds)}. The goal is ${time(GOAL)} for a change that touches 100.`)
console.log(`Loading: lists ${time(ofLists.nanoseconds)}, records ${time(ofRecords)}.`)
console.log(`wasm memory: ${Math.round((wasmBytes() - begin) / RECORDS)} bytes a record, lists and all.`)

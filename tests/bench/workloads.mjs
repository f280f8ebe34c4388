// The rows of the table: what is timed, for whom, and the goal it is held against (shown, never asserted).
import { ACTIONS, below, random, records as generate } from './generate.mjs'
import { byBits, byCasl, bySwitch, columns, tag } from './peers.mjs'
import { rounds } from './measure.mjs'

const US = 1e3
const MS = 1e6

/** Questions as pairs of a row and an action, in random order: nothing for a branch predictor to learn. */
function questions(records, count) {
  const next = random(5)
  const rows = Uint32Array.from({ length: count }, () => below(next, records.length))
  const codes = Uint8Array.from({ length: count }, () => below(next, ACTIONS.length))
  return { rows, codes, actions: Array.from(codes, (code) => ACTIONS[code]), count }
}

/** `body(at)` is 1 or 0; the sum is compared between engines. */
const loop = (count, body) => () => {
  let sum = 0
  for (let at = 0; at < count; at++) sum += body(at)
  return { ops: count, sum }
}

/** One decision at a time, and the set of all actions. */
export function decisions({ engine, facts, read, subject, records, asked, times }) {
  const { rows, codes, actions, count } = questions(records, asked)
  const index = engine.index(records)
  const session = engine.session(subject, read)
  const [hand, bits, casl] = [bySwitch(subject, facts), byBits(subject, facts), byCasl(subject, facts)]
  const over = bits.over(columns(records))
  const marked = tag(records)
  const handles = Array.from(rows, (row) => index.at(row))
  const numbers = Array.from(codes, (code) => engine.codes[ACTIONS[code]])
  // Parsed anew for every run: objects, and the strings in them, nobody has seen.
  const chosen = JSON.stringify(Array.from(rows, (row) => records[row]))
  const fresh = (body) => ({
    before: () => JSON.parse(chosen),
    run: (parsed) => loop(count, (at) => body(parsed[at], actions[at]))(),
  })
  const many = Math.floor(count / 8)
  const all = (can) => loop(many, (at) => ACTIONS.reduce((mask, action, code) => mask | (can(at, action) << code), 0))
  const result = [
    {
      what: 'decide, fresh plain objects',
      goal: 100,
      casl: 40,
      times: rounds(
        [
          { name: 'lictor', ...fresh((record, action) => (session.canRecord(record, action) === 'allow' ? 1 : 0)) },
          { name: 'switch', ...fresh((record, action) => (hand.can(record, action) ? 1 : 0)) },
          { name: 'bits', ...fresh((record, action) => (bits.can(record, action) ? 1 : 0)) },
          { name: 'CASL', ...fresh((record, action) => (casl.can(record, action) ? 1 : 0)) },
        ],
        times,
      ),
    },
  ]
  const prepared = [
    { name: 'switch', run: loop(count, (at) => (hand.can(records[rows[at]], actions[at]) ? 1 : 0)) },
    { name: 'CASL', run: loop(count, (at) => (casl.canTagged(marked[rows[at]], actions[at]) ? 1 : 0)) },
  ]
  result.push({
    what: 'decide, prepared, action by number',
    goal: 15,
    casl: 70,
    times: rounds(
      [
        { name: 'lictor', run: loop(count, (at) => (session.can(handles[at], numbers[at]) === 'allow' ? 1 : 0)) },
        { name: 'bits', run: loop(count, (at) => over.can(rows[at], codes[at])) },
        ...prepared,
      ],
      times,
    ),
  })
  result.push({
    what: 'decide, prepared, action by name',
    goal: 15,
    casl: 70,
    times: rounds(
      [
        { name: 'lictor', run: loop(count, (at) => (session.can(handles[at], actions[at]) === 'allow' ? 1 : 0)) },
        { name: 'bits', run: loop(count, (at) => over.named(rows[at], actions[at])) },
        ...prepared,
      ],
      times,
    ),
  })
  result.push({
    what: 'allowed set of 10 actions, prepared',
    goal: 20,
    casl: 400,
    times: rounds(
      [
        { name: 'lictor', run: loop(many, (at) => session.mask(handles[at])) },
        { name: 'bits', run: loop(many, (at) => over.mask(rows[at])) },
        { name: 'switch', run: all((at, action) => hand.can(records[rows[at]], action)) },
        { name: 'CASL', run: all((at, action) => casl.canTagged(marked[rows[at]], action)) },
      ],
      times,
    ),
  })
  session.free()
  index.free()
  return result
}

/** Lists of records the engine holds. A session is new in every round, so nothing is remembered but the index. */
export function heldLists({ engine, facts, read, subject, count, times, secondary = 0 }) {
  const records = generate({ count, secondary })
  const index = engine.index(records)
  const over = byBits(subject, facts).over(columns(records))
  const hand = bySwitch(subject, facts)
  const casl = byCasl(subject, facts)
  const marked = count <= 100_000 ? tag(records) : undefined
  const code = ACTIONS.indexOf('read')
  // Enough of them in one timing that the clock's resolution does not matter.
  const repeat = Math.max(1, Math.ceil(200_000 / count))
  const times_ = (body) => () => {
    let sum = 0
    for (let turn = 0; turn < repeat; turn++) sum = body(turn)
    return { ops: repeat, sum }
  }
  const open = () => Array.from({ length: repeat }, () => engine.session(subject, read))
  // The tables over cells are known after the first question about any record; the list is still to be made.
  const known = (session) => (session.visible(index, 'update').count, session.mask(index.at(0)), session)
  const sessions = []
  const lictor = (name, prepare, list) => ({
    name,
    before: () => {
      for (const session of sessions.splice(0)) session.free()
      sessions.push(...open().map(prepare))
      return sessions
    },
    run: (opened) => times_((turn) => list(opened[turn].visible(index, 'read')))(),
  })
  const held = open()[0]
  const contenders = [
    lictor('lictor', known, (list) => list.count),
    lictor(
      'lictor: new session',
      (session) => session,
      (list) => list.count,
    ),
    { name: 'lictor: again', run: times_(() => held.visible(index, 'read').count) },
    lictor('lictor: bits', known, (list) => popcount(list.bits())),
    lictor('lictor: rows', known, (list) => list.rows().length),
    lictor('lictor: page of 50', known, (list) => (list.page(0, 50), list.count)),
    { name: 'bits', run: times_(() => over.count(code)) },
    { name: 'bits: bits', run: times_(() => popcount(over.bits(code))) },
    { name: 'bits: rows', run: times_(() => over.rows(code).length) },
  ]
  if (marked) {
    const test = (can) => times_(() => records.reduce((sum, _, row) => sum + (can(row) ? 1 : 0), 0))
    contenders.push({ name: 'switch', run: test((row) => hand.can(records[row], 'read')) })
    if (count <= 10_000 || times > 3)
      contenders.push({ name: 'CASL', run: test((row) => casl.canTagged(marked[row], 'read')) })
  }
  const measured = rounds(contenders, times)
  const bytes = index.bytes / index.size
  for (const session of [...sessions, held]) session.free()
  index.free()
  const goal = count >= 1_000_000 ? MS : count >= 100_000 ? 0.1 * MS : 10 * US
  const name = count >= 1_000_000 ? `${count / 1_000_000}M` : `${count / 1000}k`
  const note = secondary > 0 ? `, ${secondary * 100} % with a secondary community` : ''
  return { what: `filter ${name} records held${note}`, goal, times: measured, bytes }
}

function popcount(words) {
  let count = 0
  for (let word of words) {
    word -= (word >>> 1) & 0x55555555
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333)
    count += (((word + (word >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
  }
  return count
}

/** Lists of objects nobody has seen: parsed anew for every run. */
export function unseenLists({ engine, facts, read, subject, count, times }) {
  const text = JSON.stringify(generate({ count }))
  const hand = bySwitch(subject, facts)
  const bits = byBits(subject, facts)
  const casl = byCasl(subject, facts)
  const session = engine.session(subject, read)
  const before = () => JSON.parse(text)
  const filter = (keep) => (records) => ({ ops: 1, sum: records.filter(keep).length })
  const measured = rounds(
    [
      {
        name: 'lictor',
        before,
        run: (records) => {
          const index = engine.index(records)
          const sum = session.visible(index).count
          index.free()
          return { ops: 1, sum }
        },
      },
      { name: 'lictor: canRecord', before, run: filter((record) => session.canRecord(record, 'read') === 'allow') },
      { name: 'switch', before, run: filter((record) => hand.can(record, 'read')) },
      { name: 'bits', before, run: filter((record) => bits.can(record, 'read')) },
      { name: 'CASL', before, run: filter((record) => casl.can(record, 'read')) },
    ],
    times,
  )
  session.free()
  return { what: `filter ${count / 1000}k plain objects never seen`, goal: measured.switch.median, times: measured }
}

/** Columns from plain objects. */
export function loading({ engine, count, times }) {
  const text = JSON.stringify(generate({ count }))
  const before = () => JSON.parse(text)
  const measured = rounds(
    [
      {
        name: 'lictor',
        before,
        run: (records) => {
          const index = engine.index(records)
          const sum = index.size
          index.free()
          return { ops: 1, sum }
        },
      },
      { name: 'bits', before, run: (records) => ({ ops: 1, sum: columns(records).cells.length }) },
    ],
    times,
  )
  return { what: `load ${count / 1000}k records into columns`, goal: 60 * MS, times: measured }
}

/** A session from facts to its first full list, for users in few and in many communities. */
export function sessionCost({ engine, makeFacts, members, count, times }) {
  const world = makeFacts(members)
  const read = engine.facts(world)
  const index = engine.index(generate({ count, communities: Math.max(200, members) }))
  const subject = { type: 'user', id: 7 }
  const measured = rounds(
    [
      {
        name: 'lictor',
        run: () => {
          const session = engine.session(subject, read)
          const sum = session.visible(index).count
          session.free()
          return { ops: 1, sum }
        },
      },
    ],
    times,
  )
  index.free()
  read.free()
  return { what: `session + first list of ${count / 1000}k, user in ${members} communities`, times: measured }
}

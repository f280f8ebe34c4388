// Before anything is timed: every engine gives the same answer to every question.
import { ACTIONS, below, random } from './generate.mjs'
import { byBits, byCasl, bySwitch, columns } from './peers.mjs'

/** Throws at the first disagreement; returns how many decisions were compared. */
export function agree({ engine, facts, records, subjects, samples }) {
  const next = random(11)
  const read = engine.facts(facts)
  const index = engine.index(records)
  const held = columns(records)
  let compared = 0
  for (const subject of subjects) {
    const session = engine.session(subject, read)
    const [hand, bits, casl] = [bySwitch(subject, facts), byBits(subject, facts), byCasl(subject, facts)]
    const over = bits.over(held)
    for (let sample = 0; sample < samples; sample++) {
      const row = below(next, records.length)
      const record = records[row]
      const fresh = JSON.parse(JSON.stringify(record))
      for (const [code, action] of ACTIONS.entries()) {
        const expected = hand.can(record, action)
        const answers = {
          'bit table': bits.can(record, action),
          'bit table on columns': over.can(row, code) === 1,
          CASL: casl.can(fresh, action),
          'lictor can': said(session.can(index.at(row), action)),
          'lictor can, by number': said(session.can(index.at(row), engine.codes[action])),
          'lictor mask': ((session.mask(index.at(row)) >> engine.codes[action]) & 1) === 1,
          'lictor canRecord': said(session.canRecord(fresh, action)),
        }
        if (sample < 20) {
          const resource = { type: 'record', properties: record }
          answers['lictor check'] = said(engine.check({ subject, action, resource }, read).decision)
        }
        for (const [name, answer] of Object.entries(answers)) {
          if (answer !== expected) throw disagreement({ name, answer, expected, subject, action, record })
        }
        compared += Object.keys(answers).length
      }
    }
    compared += lists(session, index, over, subject, records)
    session.free()
  }
  index.free()
  read.free()
  return compared
}

/** Whole lists: count, row numbers, bits and pages are those of the bit table. */
function lists(session, index, over, subject, records) {
  for (const [code, action] of ACTIONS.entries()) {
    const visible = session.visible(index, action)
    const rows = visible.rows()
    const expected = over.rows(code)
    const half = expected.length >> 1
    const same =
      visible.count === expected.length &&
      equal(rows, expected) &&
      equal(visible.bits(), over.bits(code)) &&
      equal(visible.page(half, 7), expected.slice(half, half + 7)) &&
      visible.unknownBits().every((word) => word === 0)
    if (!same)
      throw disagreement({ name: 'lictor visible', answer: rows.length, expected: expected.length, subject, action })
  }
  return ACTIONS.length * records.length
}

const equal = (one, other) => one.length === other.length && one.every((value, at) => value === other[at])

function said(answer) {
  if (answer === 'unknown') throw new Error('an answer was unknown though all facts were given')
  return answer === 'allow'
}

function disagreement({ name, answer, expected, ...asked }) {
  return new Error(`${name} says ${answer} where the switch says ${expected}: ${JSON.stringify(asked)}`)
}

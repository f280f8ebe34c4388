// The library's table by its sections: every answer in it that is falsified is told, and departures excuse nothing else.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { report } from '../pkg/scripts/vectors/report.mjs'
import { runFile } from '../pkg/scripts/vectors/run.mjs'

const table = JSON.parse(readFileSync(new URL('corpus/upstream/ils.json', import.meta.url), 'utf8'))
const { circulation, ...rest } = table
const sections = { ...rest, ...circulation }
for (const key of ['about', 'meta', 'identities', 'user_ids', 'action_grants']) delete sections[key]

const scratch = mkdtempSync(join(tmpdir(), 'lictor-vectors-'))
after(() => rmSync(scratch, { recursive: true }))

/** A table of one section; searches look up their records in another. */
function only(section, rows) {
  const { meta, identities, user_ids, action_grants } = table
  const records = section === 'search_filter' ? { record_permission: table.record_permission } : {}
  const path = join(scratch, 'ils.json')
  writeFileSync(path, JSON.stringify({ meta, identities, user_ids, action_grants, ...records, [section]: rows }))
  return path
}

/** A list without its first entry, and with one that was not there. */
const lists = (list) => [...(list.length > 0 ? [list.slice(1)] : []), [...list, 'nobody']]
/** Where upstream crashes lictor refuses: that it did would be right. */
const results = (result) =>
  ['allow', 'deny'].filter((other) => other !== result && !(other === 'deny' && /InternalServerError/.test(result)))

/** One need less, and one more. Where everybody is let in, other needs make no difference. */
function needs(all) {
  const others = all.filter(([, name]) => name !== 'any_user')
  if (others.length < all.length) return [others]
  return [...all.map((_, n) => all.toSpliced(n, 1)), [...all, ['id', 4711]]]
}

/** Where each section says what upstream answered, and what else it could have said. */
const ANSWERS = {
  allow: lists,
  needs,
  visible: lists,
  point_allowed: lists,
  leaked: lists,
  hidden: lists,
  object_read: (flag) => [!flag],
  object_delete: (flag) => [!flag],
  filter: () => [[], [{ term: { patron_pid: '2' } }]],
  error: (error) => (error === null ? ['crashed'] : ['NoError']),
  result: results,
  max_count: (count) => [count + 1, count - 1],
  dest: (state) => [state === 'PENDING' ? 'CANCELLED' : 'PENDING'],
}

function* falsified(row) {
  for (const [key, others] of Object.entries(ANSWERS)) {
    if (key in row) for (const bad of others(row[key])) yield { ...row, [key]: bad }
  }
}

for (const [section, rows] of Object.entries(sections)) {
  test(`every falsified row of ${section} is told`, async () => {
    const wrong = Array.isArray(rows)
      ? rows.flatMap((row) => [...falsified(row)])
      : Object.fromEntries(Object.entries(rows).map(([of, list]) => [of, list.length > 0 ? list.slice(1) : ['x']]))
    const count = Array.isArray(wrong) ? wrong.length : Object.keys(wrong).length
    assert.ok(count >= 4)
    const right = section === 'search_filter' ? table.record_permission.length : 0
    const tally = await runFile(only(section, wrong))
    assert.equal(tally.total, count + right)
    assert.equal(tally.agree + tally.departs, right, JSON.stringify(report([tally]).lines))
    assert.ok(report([tally]).failed)
  })
}

test('a section, a row and a configuration that are not known are not understood', async () => {
  const [row] = table.view_permissions
  for (const [section, rows] of [
    ['oracle', [row]],
    ['view_permissions', [{ ...row, unless: true }]],
    ['view_permissions', [{ ...row, ILS_SELF_CHECKOUT_ENABLED: 'yes' }]],
    ['view_permissions', [{ ...row, action: 'no-such-view' }]],
    ['endpoint_permissions', [{ ...table.endpoint_permissions[0], endpoint: 'nowhere' }]],
    ['record_permission', [{ ...table.record_permission[0], excludes: [['id', 1]] }]],
  ]) {
    const { lines, failed } = report([await runFile(only(section, rows))])
    assert.ok(failed)
    assert.ok(lines.includes('  not understood: 1'), lines.join('\n'))
  }
})

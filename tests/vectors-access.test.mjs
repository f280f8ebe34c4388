// Upstream's access objects, a table of several sections: every falsified row of each is told, and a departure excuses one answer.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { runFile } from '../pkg/scripts/vectors/run.mjs'

const NAME = 'access_objects.json'
const table = JSON.parse(readFileSync(new URL(`corpus/upstream/${NAME}`, import.meta.url), 'utf8'))
const scratch = mkdtempSync(join(tmpdir(), 'lictor-vectors-'))
after(() => rmSync(scratch, { recursive: true }))

function run(section, rows) {
  const path = join(scratch, NAME)
  writeFileSync(path, JSON.stringify({ meta: table.meta, [section]: rows }))
  return runFile(path)
}

const other = { public: 'restricted', restricted: 'public' }

/** Copies of a row with one answer in it wrong, by section. */
const FALSE = {
  record_access: (row) => [
    { ...row, dump: { ...row.dump, files: other[row.dump.files] } },
    { ...row, dump: { ...row.dump, record: other[row.dump.record] } },
    { ...row, status: row.status === 'open' ? 'restricted' : 'open' },
    { ...row, lift_embargo: { ...row.lift_embargo, returned: !row.lift_embargo.returned } },
    { ...row, lift_embargo: { ...row.lift_embargo, status: 'lifted' } },
    {
      ...row,
      lift_embargo: {
        ...row.lift_embargo,
        dump: { ...row.lift_embargo.dump, record: other[row.lift_embargo.dump.record] },
      },
    },
  ],
  invalid: (row) => [{ ...row, dump: { ...row.dump, record: 'restricted' } }],
  grant_tokens: (row) => [{ ...row, need: ['id', 4711] }],
  community_access_object: (row) =>
    row.error
      ? [{ input: row.input, dump: row.input }]
      : [{ ...row, dump: { ...row.dump, review_policy: 'curators' } }],
  community_access_schema: (row) => [{ ...row, result: row.result === 'ok' ? { x: ['wrong'] } : 'ok' }],
}

for (const [section, falsified] of Object.entries(FALSE)) {
  test(`every falsified row of ${section} is told`, async () => {
    let sound = 0
    for (const row of table[section]) {
      // Falsified, a departure from it may be what lictor says.
      const { agree } = await run(section, [row])
      if (agree === 0) continue
      const gives = section !== 'grant_tokens' || row.grant.permission !== 'custom'
      for (const bad of gives ? falsified(row) : []) {
        sound += 1
        const tally = await run(section, [bad])
        const told = `${JSON.stringify(bad)}: ${JSON.stringify(tally.differs)}`
        assert.equal(tally.agree + tally.departs, 0, told)
      }
    }
    assert.ok(sound > 0)
  })
}

const CANNOT = {
  'a key of a row': { ...table.record_access[0], unless: {} },
  'a section nobody knows': { input: {}, outcome: 'ok' },
  'a token that is not of the grant': { ...table.grant_tokens[0], token: 'x' },
  'a setting nobody knows': { input: { mood: 'good' }, result: 'ok' },
}
for (const [what, row] of Object.entries(CANNOT)) {
  test(`not understood: ${what}`, async () => {
    assert.equal((await run('rows', [row])).notUnderstood.length, 1)
  })
}

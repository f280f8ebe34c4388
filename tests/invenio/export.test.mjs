// A real Invenio's own decisions and searches, and lictor's about the same data: all of them, where the whole export stands beside this
// checkout; a small one that is written here, always.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { compareDecisions, compareSearches, engineOf, imported, RULES, sourceOf } from './compare.mjs'
import { smallExport } from './small.mjs'

const whole = fileURLToPath(new URL('../../../shared/invenio-export/small', import.meta.url))

const readFolder = (folder) => ({
  names: () => readdirSync(folder, { recursive: true }).filter((name) => name.includes('.')),
  read: (name) => readFileSync(join(folder, name), 'utf8'),
})

async function compared(source) {
  const read = async (name) => JSON.parse(await source.read(name))
  const decided = await read('decisions.json')
  const engine = await engineOf(decided)
  const { store, report } = await imported(engine, source)
  const everything = await store.all()
  // The moment at which upstream was asked: all was written shortly before.
  const { hits } = await read('requests.json')
  const time = Math.max(...hits.hits.map(({ updated }) => Date.parse(updated)))
  const facts = engine.facts({ ...everything, time })
  const decisions = await compareDecisions(engine, facts, everything.records, decided)
  const actions = await read('actions.json')
  const searches = await compareSearches(engine, store, facts, everything.records, decided, actions)
  facts.free()
  await store.close()
  return { report, decisions, searches }
}

test('the small export: every decision and every search', async () => {
  const { report, decisions, searches } = await compared(sourceOf(smallExport()))
  assert.deepEqual(
    report.noted.filter(({ why }) => why === 'unknown'),
    [],
  )
  assert.deepEqual(decisions.differs, [])
  assert.deepEqual(searches.differs, [])
  assert.ok(decisions.total > 100 && searches.agree > 20, `${decisions.total} decisions, ${searches.agree} searches`)
})

test('a decision or a search that is another is told', async () => {
  const files = smallExport()
  const { decisions, search, sets } = files['decisions.json']
  const other = sets.push(['nobody-knows-this']) - 1
  decisions.records['user:1'].read = other
  search.anonymous.records = other
  const found = await compared(sourceOf(files))
  assert.ok(found.decisions.differs.length > 0)
  assert.ok(found.decisions.differs.every(({ name, action }) => name === 'user:1' && action === 'read'))
  assert.ok(found.searches.differs.some(({ what, name }) => what === 'records' && name === 'anonymous'))
})

test('a real instance', { skip: !existsSync(whole) && 'the export is not beside this checkout' }, async (t) => {
  const { report, decisions, searches } = await compared(readFolder(whole))
  assert.deepEqual(
    report.noted.filter(({ why }) => why === 'unknown'),
    [],
  )
  assert.deepEqual(decisions.differs, [])
  assert.equal(decisions.total, 111_035)
  assert.deepEqual(searches.differs, [])
  for (const { name, reason } of RULES) {
    assert.ok(searches.departs[name] > 0, `${name} explains nothing`)
    t.diagnostic(`departs by ${name}: ${searches.departs[name]} (${reason})`)
  }
  t.diagnostic(`${decisions.total} decisions agree; ${searches.agree} searches agree as they are`)
})

// The finite spaces of tests/golden over wasm: every way of asking gives the same answer, and the digest of all answers is the
// one the native engine gives.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { after, before, describe, test } from 'node:test'
import { Miniflare } from 'miniflare'
import { createEngine as createChecker } from '../pkg/dist/check.js'
import * as lictor from '../pkg/dist/node.js'
import { createTools } from '../pkg/dist/tools-node.js'
import { askInBrowser } from './hosts/chromium.mjs'
import { walk, walkTypes } from './hosts/walk.mjs'

const { createEngine } = lictor

const read = (name) => readFileSync(new URL(`golden/${name}`, import.meta.url), 'utf8')
const space = JSON.parse(read('agreement-space.json'))

const agreement = (create) => () => {
  let letters = ''
  const counts = { checked: 0, differ: [] }

  before(async () => {
    for (const policy of space.presets) {
      const engine = await create({ policy })
      for (const { name, value } of space.facts) {
        const facts = engine.facts(value)
        for (const subject of space.subjects) letters += ask(engine, facts, subject, `${policy}, ${name}`, counts)
        facts.free()
      }
    }
  })

  test('all ways agree', () => {
    assert.equal(
      counts.differ.length,
      0,
      `${counts.differ.length} differ, for example ${counts.differ.slice(0, 5).join('; ')}`,
    )
    assert.ok(counts.checked > 40_000, `${counts.checked} comparisons`)
  })

  test('the digest is the one of the native engine', () => {
    const count = (letter) => letters.split(letter).length - 1
    const hash = createHash('sha256').update(letters).digest('hex')
    const line = `${letters.length} a:${count('a')} d:${count('d')} u:${count('u')} sha256-${hash}`
    assert.equal(line, read('agreement.txt').trim())
  })
}

/** `lictor/check`, which says of nobody else. */
const looking = async (options) => createChecker({ policy: (await createTools(options)).compiled() })

describe('one rule, every way of asking, over wasm', agreement(createEngine))
describe('one rule, every way of asking that `lictor/check` has', agreement(looking))

/** Spaces that every host walks through, with the policy they are of. */
const SPACES = [
  { what: 'the whole model', preset: 'repository', name: 'repository', walk },
  { what: 'its library', preset: 'repository', name: 'library', walk: walkTypes },
  { what: 'a library by itself', preset: 'ils', name: 'ils', walk: walkTypes },
]

describe('the same answers on every host: the digest of the native engine', () => {
  const dist = fileURLToPath(new URL('../pkg/dist/', import.meta.url))
  let folder

  before(() => {
    // As a consumer has it, so that the page finds it where it looks.
    folder = mkdtempSync(join(tmpdir(), 'lictor-walk-'))
    mkdirSync(join(folder, 'node_modules'))
    symlinkSync(join(dist, '..'), join(folder, 'node_modules/lictor'), 'dir')
  })
  after(() => rmSync(folder, { recursive: true }))

  for (const { what, preset, name, walk } of SPACES) {
    const whole = read(`${name}-space.json`)
    const policy = read(`../../src/policy/presets/${preset}.json`)
    const expected = read(`${name}-agreement.txt`).trim()

    test(`${what}, in Node`, async () => {
      assert.equal(await walk(lictor, JSON.parse(policy), JSON.parse(whole)), expected)
    })

    test(`${what}, in Chromium`, async () => {
      const html = `<script type="module">
        import * as lictor from '/node_modules/lictor/dist/browser.js'
        const walk = ${walk}
        walk(lictor, ${policy}, ${whole}).then((line) => { document.title = line }, (error) => { document.title = String(error) })
      </script>`
      assert.equal(await askInBrowser({ folder, html }), expected)
    })

    test(`${what}, in workerd`, async () => {
      const script = `
        import * as lictor from './workerd.js'
        const walk = ${walk}
        export default { fetch: async () => new Response(await walk(lictor, ${policy}, ${whole})) }`
      const host = new Miniflare({
        compatibilityDate: '2026-04-01',
        modules: [
          { type: 'ESModule', path: 'worker.js', contents: script },
          { type: 'ESModule', path: 'workerd.js', contents: readFileSync(join(dist, 'workerd.js'), 'utf8') },
          { type: 'CompiledWasm', path: 'lictor.wasm', contents: readFileSync(join(dist, 'lictor.wasm')) },
        ],
      })
      try {
        assert.equal(await (await host.dispatchFetch('http://worker/')).text(), expected)
      } finally {
        await host.dispose()
      }
    })
  }
})

/** Asks everything about every resource and notes where two ways of asking differ; one letter an answer. */
function ask(engine, facts, subject, where, counts) {
  // Documents that withhold a field, or that are not there, have no place in an index.
  const plain = space.resources.map(({ properties, missing }) => (properties && !missing ? properties : undefined))
  const resident = engine.session && keep(engine, facts, subject, plain)
  const filter = engine.filter?.({ subject, action: 'read' }, facts)
  let letters = ''
  space.resources.forEach((resource, at) => {
    const all = engine.actions({ subject, resource }, facts)
    for (const action of space.actions) {
      const { decision } = engine.check({ subject, action, resource }, facts)
      letters += decision[0]
      const others = {
        actions: all[action].decision,
        explain: engine.explain({ subject, action, resource }, facts).decision,
      }
      if (plain[at]) {
        if (resident) {
          others.can = resident.session.can(resident.index.row(String(at)), action)
          others.canRecord = resident.session.canRecord(plain[at], action)
        }
        // A list of the bug-for-bug preset follows a rule of its own, as upstream's does.
        if (filter && action === 'read' && engine.policy.name === 'oarepo') {
          others.filter = filter.answer(plain[at])
          if (resident)
            others.visible = resident.visible.has(String(at)) ? 'allow' : decision === 'allow' ? 'deny' : decision
        }
      }
      if (engine.who && subject.type === 'user' && !subject.properties)
        others.who = who(engine, facts, subject, action, resource, decision)
      for (const [way, answer] of Object.entries(others)) {
        counts.checked++
        if (answer !== decision)
          counts.differ.push(
            `${where}: ${JSON.stringify(subject)} ${action} ${at}: check ${decision}, ${way} ${answer}`,
          )
      }
    }
  })
  for (const handle of [filter, resident?.session, resident?.index]) handle?.free()
  return letters
}

/** Records in an index, and the ids of those that are visible. */
function keep(engine, facts, subject, records) {
  const session = engine.session(subject, facts)
  const index = engine.index(records.flatMap((record, at) => (record ? [{ ...record, id: String(at) }] : [])))
  const rows = [...session.visible(index).rows()]
  return { session, index, visible: new Set(rows.map((position) => index.id(index.at(position)))) }
}

function who(engine, facts, subject, action, resource, decision) {
  const found = engine.who({ action, resource }, facts)
  const listed = found.users.find(({ id }) => id === String(subject.id))
  // Somebody the facts do not speak of is not listed; what holds for everybody signed in holds for them.
  return listed?.decision ?? (decision === 'deny' || decision === found.authenticated ? decision : 'deny')
}

// The finite space of `ils` over wasm: every way of asking gives the same answer, and the digest of all answers is the one of
// the native engine.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { createEngine } from '../pkg/dist/node.js'

const read = (name) => readFileSync(new URL(`golden/${name}`, import.meta.url), 'utf8')
const space = JSON.parse(read('ils-space.json'))
/** One case in so many is asked in every way. */
const SAMPLE = 11

test('the library has the same answers over wasm, whichever way they are asked for', async () => {
  let letters = ''
  const differ = []
  for (const world of space.worlds) {
    const engine = await createEngine({ policy: 'ils', changes: world.changes })
    const facts = engine.facts(world.facts)
    for (const subject of space.subjects) {
      const filters = new Map(
        Object.keys(space.actions).map((type) => [type, engine.filter({ subject, action: 'read', type }, facts)]),
      )
      for (const [place, resource] of space.resources.entries()) {
        const all = engine.actions({ subject, resource }, facts)
        for (const action of space.actions[resource.type]) {
          const { decision } = all[action]
          letters += decision[0]
          if (letters.length % SAMPLE !== 0 && action !== 'read') continue
          const ways = {
            check: engine.check({ subject, action, resource }, facts).decision,
            explain: engine.explain({ subject, action, resource }, facts).decision,
            filter: action === 'read' ? filters.get(resource.type).answer(resource.properties) : decision,
          }
          for (const [way, answer] of Object.entries(ways)) {
            if (answer !== decision) differ.push(`${JSON.stringify(subject)} ${action} ${place}: ${way} ${answer}`)
          }
        }
      }
      for (const filter of filters.values()) filter.free()
    }
    facts.free()
  }
  assert.deepEqual(differ, [])
  const count = (letter) => letters.split(letter).length - 1
  const hash = createHash('sha256').update(letters).digest('hex')
  const line = `${letters.length} a:${count('a')} d:${count('d')} u:${count('u')} sha256-${hash}`
  assert.equal(line, read('ils-agreement.txt').trim())
})

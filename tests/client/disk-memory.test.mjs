// The disk's suite in memory, and what only a disk in memory can do: crash when it is told to, by given chance.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryHost } from './disk/memory-host.mjs'
import { importDisk } from './disk/serve.mjs'
import { fails, random } from './disk/expect.mjs'
import { cases, runCase } from './disk/suite.mjs'
import { entriesOf, entry, intent, meta, put } from './disk/world.mjs'

const disk = await importDisk()

for (const one of cases)
  test(one.name, (t) =>
    runCase(
      one,
      memoryHost(disk, (text) => t.diagnostic(text)),
    ),
  )

const { MemoryMedium, openMemoryDisk } = disk

test('crashes amid everything: what was acknowledged is there, what is there is whole, and a run repeats itself', async (t) => {
  const counts = { crashes: 0, acknowledged: 0, unasked: 0, viewsBack: 0 }
  for (let seed = 1; seed <= 300; seed++) {
    const trace = await crashes(seed, counts)
    if (seed <= 30) assert.equal(await crashes(seed, {}), trace, `seed ${seed} repeats itself`)
  }
  t.diagnostic(JSON.stringify(counts))
  assert.ok(counts.unasked > 0 && counts.viewsBack > 0, 'chance had its way both ways')
})

/** Writes, crashes at a random moment, and looks. Returns all that was found, as text. */
async function crashes(seed, counts) {
  const chance = random(seed)
  const float = () => chance.below(1_000_000) / 1_000_000
  let left = 0
  const medium = new MemoryMedium({
    random: float,
    // The crash comes while a transaction is being completed: a promise that never moves on by itself.
    pause: async () => {
      left -= 1
      if (left === 0) medium.crash()
    },
  })
  let ids = 0
  const open = () => openMemoryDisk({ medium, foldAfter: 2000, newId: () => `id-${seed}-${(ids += 1)}` })
  const acknowledged = new Set()
  let lastN = 0
  let viewAt = 0
  const trace = []
  for (let round = 0; round < 4; round++) {
    const { outbox, view } = await open()
    const state = await outbox.load()
    const there = new Set(state.kept.map(({ intent }) => intent.idem))
    for (const idem of acknowledged) assert.ok(there.has(idem), `${idem} was acknowledged`)
    assert.deepEqual(
      state.kept.map(({ intent }) => intent.n),
      state.kept.map((_, i) => i + 1),
    )
    assert.equal(state.cleared, false)
    assert.equal(state.next, state.kept.length + 1)
    const found = await view.load({})
    if (found) {
      // The view of some earlier moment, whole.
      const texts = new Set(entriesOf(found).map(({ v }) => v.metadata.title))
      assert.deepEqual(texts, new Set([`at ${found.meta.lastN}`]))
      assert.equal(entriesOf(found).length, 8)
      counts.viewsBack += found.meta.lastN < viewAt ? 1 : 0
    }
    trace.push(state, found)
    counts.unasked += [...there].filter((idem) => !acknowledged.has(idem)).length
    for (const idem of there) acknowledged.add(idem)
    left = 3 + chance.below(40)
    // Nothing sealed: encryption runs on threads, whose order no seed decides.
    const entries = (n) => Array.from({ length: 8 }, (_, i) => entry(`r${i}`, `at ${n}`))
    const fence = await outbox.claim()
    const ends = await Promise.allSettled([
      (async () => {
        for (let i = 0; ; i++) {
          const { idem } = await outbox.add((n) => intent(n, { idem: `${round} ${i}` }))
          acknowledged.add(idem)
          counts.acknowledged += 1
        }
      })(),
      (async () => {
        if (round % 2 === 0) await view.reset(meta({ lastN }), entries(lastN), {}, fence)
        else {
          // In parts: whatever the crash hits, the view is the one before or all of this one.
          await view.begin({}, fence)
          for (const one of entries(lastN)) {
            const keys = [`record/${one.k.id}`]
            const bytes = new TextEncoder().encode(`${JSON.stringify({ keys })}\n${JSON.stringify([one])}`)
            await view.add({ keys, bytes })
          }
          await view.finish(meta({ lastN }))
        }
        for (;;) {
          lastN += 1
          await view.patch(meta({ lastN }), entries(lastN).map(put), {}, fence)
          viewAt = lastN
        }
      })(),
    ])
    for (const { reason } of ends) assert.equal(reason.code, 'closed')
    counts.crashes += 1
  }
  return JSON.stringify(trace)
}

test('a full medium: a view that does not fit goes, the outbox stays and is given its room', async () => {
  const medium = new MemoryMedium({ quota: 20_000 })
  const { outbox, view } = await openMemoryDisk({ medium })
  await view.putBundle('hash-1', {})
  await view.reset(meta(), [entry('a', 'x'.repeat(9000))], {}, 0)
  // More than what is there, and than what fits: the old view goes, since it is out of date.
  await fails('quota', () => view.reset(meta(), [entry('a', 'x'.repeat(30_000))], {}, 0))
  assert.equal(await view.load({}), null)
  await view.reset(meta(), [entry('a', 'x'.repeat(9000))], {}, 0)
  await fails('quota', () => view.patch(meta(), [put(entry('b', 'y'.repeat(12_000)))], {}, 0))
  assert.equal(await view.load({}), null)
  await view.putBundle('hash-1', {})
  await view.reset(meta(), [entry('a', 'x'.repeat(9000))], {}, 0)
  // It fits once the old one is gone; its policy, without which it would say nothing, is not part of what goes.
  await view.reset(meta(), [entry('a', 'x'.repeat(15_000))], {}, 0)
  assert.deepEqual(await view.bundle('hash-1'), {})
  const long = (n) => intent(n, { args: { set: [{ path: 'title', value: 'z'.repeat(4000) }] } })
  for (let i = 0; i < 4; i++) await outbox.add(long)
  assert.equal(await view.load({}), null)
  await fails('quota', () => outbox.add(long))
  const { kept, next } = await outbox.load()
  assert.deepEqual([kept.map(({ intent }) => intent), next], [[1, 2, 3, 4].map(long), 5])
  await fails('quota', () => view.reset(meta(), [entry('a', 'x'.repeat(9000))], {}, 0))
  assert.equal((await outbox.load()).kept.length, 4)
  medium.quota = 30_000
  assert.equal((await outbox.add(long)).n, 5)
})

// Size: what was written comes back whole. Times are printed and never asserted.

import { equal, same } from './assert.mjs'
import { put, record } from './suite-commit.mjs'

const document = (i) => ({
  communities: { primary: `c${i % 50}`, secondary: [] },
  owners: [i % 997],
  state: ['draft', 'pending-approval', 'published'][i % 3],
  access: { record: i % 4 ? 'public' : 'restricted', files: 'public' },
  metadata: { title: `Record number ${i}: příliš žluťoučký` },
})

export const volume = [
  {
    name: 'many small records make the round trip',
    async run({ open, another, reopen, log, records: count }) {
      const timed = async (what, work) => {
        const start = performance.now()
        const result = await work()
        times.push(`${what} ${Math.round(performance.now() - start)} ms`)
        return result
      }
      const times = []
      const changes = Array.from({ length: count }, (_, i) => put(`r${i}`, document(i)))
      let store = await open()
      await timed('commit', async () => store.commit(changes, await store.revision()))
      await timed('commit of one', async () => store.commit([put('one', {})], await store.revision()))
      await timed('pull of 500', async () => store.commit(changes.slice(0, 500), await store.revision()))
      if (reopen) store = await timed('close and open', () => reopen(store))
      if (reopen) await timed('open a second handle', () => another(store))
      const all = await timed('all', () => store.all())
      equal(Object.keys(all.records).length, count + 1)
      for (let i = 0; i < count; i += 1) same(all.records[`r${i}`], document(i), `r${i}`)
      await timed('1000 look-ups', async () => {
        for (let i = 0; i < 1000; i++) await store.facts([record(`r${(i * 49) % count}`)])
      })
      const copy = await timed('open with them as initial facts', () => open(all))
      equal((await copy.scan('record')).length, count + 1)
      log(`${count} records: ${times.join(', ')}`)
    },
  },
  {
    name: 'one record as large as allowed, among many',
    async run({ open, reopen }) {
      let store = await open()
      const big = { text: 'x'.repeat(1_048_576 - '{"text":""}'.length) }
      const wide = { text: 'ž'.repeat(500_000) }
      await store.commit(
        [put('a', { v: 1 }), put('big', big), put('c', { v: 3 }), put('wide', wide), put('d', {})],
        await store.revision(),
      )
      if (reopen) store = await reopen(store)
      same((await store.all()).records, { a: { v: 1 }, big, c: { v: 3 }, wide, d: {} })
    },
  },
  {
    name: 'a store that shrank by many commits is small when it is opened again',
    async run({ open, reopen }) {
      const text = 'x'.repeat(60_000)
      let store = await open({ records: Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`r${i}`, { text }])) })
      for (let i = 0; i < 39; i++) await store.commit([{ op: 'del', key: record(`r${i}`) }], await store.revision())
      if (reopen) store = await reopen(store)
      same((await store.all()).records, { r39: { text } })
    },
  },
]

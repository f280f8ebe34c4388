// What a commit promises: all or nothing, at the expected revision, heard by whoever listens.

import { equal, ok, refuses, same, until } from './assert.mjs'

export const record = (id) => ({ relation: 'record', id })
export const put = (id, value) => ({ op: 'put', key: record(id), value })
export const del = (id) => ({ op: 'del', key: record(id) })

export const commits = [
  {
    name: 'a commit moves the revision and is seen at it',
    async run({ open }) {
      const store = await open()
      const before = await store.revision()
      const after = await store.commit([put('r1', { title: 'one' })], before)
      ok(after !== before, 'the revision moved')
      equal(await store.revision(), after)
      const facts = await store.facts([record('r1')])
      equal(facts.revision, after)
      same(facts.records, { r1: { title: 'one' } })
    },
  },
  {
    name: 'a conflict changes nothing, and deciding again from the store succeeds',
    async run({ open, another }) {
      const store = await open({ records: { r1: { v: 0 } } })
      const other = await another(store)
      const stale = await other.revision()
      const current = await store.commit([put('r1', { v: 1 })], stale)
      await refuses('conflict', other.commit([put('r1', { v: 2 }), put('r2', {})], stale))
      await refuses('conflict', store.commit([del('r1')], 'no such revision'))
      equal(await store.revision(), current)
      same((await store.all()).records, { r1: { v: 1 } })
      same((await other.all()).records, { r1: { v: 1 } }, 'the loser caught up')
      await other.commit([put('r1', { v: 2 })], (await other.facts([])).revision)
      same((await other.all()).records, { r1: { v: 2 } })
    },
  },
  {
    name: 'all changes of a commit or none',
    async run({ open }) {
      const store = await open({ records: { r1: { v: 0 } } })
      const before = await store.revision()
      const bad = [put('r1', { v: 1 }), put('r2', {}), put('r3', { v: Number.NaN })]
      const error = await refuses('invalid', store.commit(bad, before))
      equal(error.path, 'changes[2].value.v')
      equal(await store.revision(), before)
      same((await store.all()).records, { r1: { v: 0 } })
    },
  },
  {
    name: 'deleting: what is there, what is not, and order within a commit',
    async run({ open }) {
      const store = await open({
        records: { r1: {}, r2: {} },
        memberships: [{ community: 'c', user: 4, role: 'curator' }],
        access: [{ action: 'read', user: 4 }],
      })
      const [row] = await store.scan('access')
      const access = { relation: 'access', id: decodeURIComponent(row.key.slice('access/'.length)) }
      const membership = { relation: 'membership', community: 'c', user: '4' }
      const changes = [del('r1'), del('never'), del('r2'), put('r2', { back: true }), put('r3', {}), del('r3')]
      const drop = [membership, access].map((key) => ({ op: 'del', key }))
      await store.commit([...changes, ...drop], await store.revision())
      const all = await store.all()
      same(all.records, { r2: { back: true } })
      same([all.memberships, all.access], [[], []])
      same((await store.facts([{ relation: 'membership', where: { user: '4' } }])).memberships, [])
      same((await store.facts([{ relation: 'access', where: { action: 'read' } }])).access, [])
    },
  },
  {
    name: 'an empty commit moves the revision; revisions never repeat',
    async run({ open }) {
      const [store, stranger] = [await open(), await open()]
      const seen = new Set([await store.revision(), await stranger.revision()])
      equal(seen.size, 2, 'revisions of two new stores')
      let at = await store.revision()
      for (let i = 0; i < 20; i++)
        seen.add((at = await store.commit(i % 2 ? [] : [i % 4 ? put('r', {}) : del('r')], at)))
      equal(seen.size, 22, 'different revisions')
    },
  },
  {
    name: 'an access row that changes its action is found under the new one only',
    async run({ open }) {
      const store = await open()
      const key = { relation: 'access', id: 'a1' }
      const rows = async (action) => (await store.facts([{ relation: 'access', where: { action } }])).access.length
      await store.commit([{ op: 'put', key, value: { action: 'read', role: 'x' } }], await store.revision())
      await store.commit([{ op: 'put', key, value: { action: 'edit', role: 'x' } }], await store.revision())
      same([await rows('read'), await rows('edit')], [0, 1])
    },
  },
  {
    name: 'listeners hear every commit once, in order, until they leave; one that throws harms nobody',
    async run({ open }) {
      const store = await open()
      const heard = []
      const [noisy, silenced] = [console.error, () => {}]
      const leaveBad = store.subscribe(() => {
        throw new Error('a listener of the store suite throws on purpose')
      })
      const leave = store.subscribe((revision) => heard.push(revision))
      const made = [await store.revision()]
      console.error = silenced
      try {
        for (let i = 0; i < 3; i++) made.push(await store.commit([put('r', { i })], made.at(-1)))
      } finally {
        console.error = noisy
        leaveBad()
      }
      await refuses('conflict', store.commit([], made[0]))
      same(heard, made.slice(1))
      leave()
      await store.commit([], made.at(-1))
      same(heard, made.slice(1), 'after leaving')
    },
  },
  {
    name: 'a second handle hears of a commit and answers from it',
    async run({ open, another }) {
      const store = await open()
      const other = await another(store)
      let heard
      other.subscribe((revision) => (heard = revision))
      const made = await store.commit([put('r1', { told: true })], await store.revision())
      await until(() => heard === made, 'the other handle heard')
      const facts = await other.facts([record('r1')])
      same([facts.revision, facts.records], [made, { r1: { told: true } }])
    },
  },
  {
    name: 'racing writers: one wins each revision, and the result is a serial history',
    async run({ open, another, log }) {
      const store = await open({ records: { counter: { v: 0 } } })
      const handles = [store, await another(store), await another(store)]
      const won = []
      let conflicts = 0
      const write = async (writer, times) => {
        const handle = handles[writer % handles.length]
        while (times > 0) {
          const { records, revision } = await handle.facts([record('counter')])
          const v = records.counter.v + 1
          try {
            const made = await handle.commit([put('counter', { v }), put(`w${v}`, { writer })], revision)
            won.push({ v, from: revision, made })
            times -= 1
          } catch (error) {
            if (error.code !== 'conflict') throw error
            conflicts += 1
          }
        }
      }
      await Promise.all(Array.from({ length: 8 }, (_, writer) => write(writer, 25)))
      // The last one is opened anew: it shows what was stored, not what the writers remember.
      for (const handle of [...handles, await another(store)]) {
        await handle.revision()
        const { records, revision } = await handle.all()
        equal(records.counter.v, 200, 'counter')
        equal(Object.keys(records).length, 201, 'records')
        won.sort((a, b) => a.v - b.v)
        same(
          won.map(({ v }) => v),
          Array.from({ length: 200 }, (_, i) => i + 1),
          'one winner a value',
        )
        won.forEach(({ from }, i) => i && equal(from, won[i - 1].made, 'each commit follows the one before'))
        equal(won.at(-1).made, revision)
      }
      log(`200 commits by 8 writers on ${new Set(handles).size} handles, ${conflicts} conflicts`)
    },
  },
  {
    name: 'closing amid a commit: it happens and says so, or it does neither',
    async run({ open, another }) {
      const store = await open()
      const other = await another(store)
      const before = await store.revision()
      const pending = store.commit([put('r1', {})], before)
      await store.close()
      const made = await pending.catch(({ code }) => code)
      // Only where the other handle is another one can it be asked.
      if (other === store) return
      equal(await other.revision(), made === 'closed' ? before : made)
      equal(Object.keys((await other.all()).records).length, made === 'closed' ? 0 : 1)
    },
  },
  {
    name: 'a closed store says so and writes nothing',
    async run({ open }) {
      const store = await open({ records: { r1: {} } })
      const at = await store.revision()
      await store.close()
      await store.close()
      for (const call of [
        () => store.revision(),
        () => store.all(),
        () => store.facts([]),
        () => store.scan('record'),
        () => store.commit([put('r2', {})], at),
      ]) {
        await refuses('closed', call)
      }
    },
  },
]

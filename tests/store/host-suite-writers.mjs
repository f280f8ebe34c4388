// Several at once: guards let one through, nothing is lost, and `exclusive` runs one piece of work after another.

import { equal, ok, refuses, same } from './assert.mjs'
import { put } from './suite-commit.mjs'

export const writers = [
  {
    name: 'eight writers race on one cell: every increment counts once',
    async run({ open, another, log }) {
      const store = await open()
      const handles = [store, await another(store), await another(store)]
      let conflicts = 0
      const write = async (writer, times) => {
        const handle = handles[writer % handles.length]
        while (times > 0) {
          const text = await handle.cell('counter')
          const n = Number(text ?? 0) + 1
          const cells = [
            { key: 'counter', text: `${n}` },
            { key: `by/${String(n).padStart(4, '0')}`, text: `${writer}` },
          ]
          try {
            await handle.write({ cells, guards: [{ key: 'counter', text }] })
            times -= 1
          } catch (error) {
            if (error.code !== 'conflict') throw error
            conflicts += 1
          }
        }
      }
      await Promise.all(Array.from({ length: 8 }, (_, writer) => write(writer, 20)))
      for (const handle of [...handles, await another(store)]) {
        equal(await handle.cell('counter'), '160')
        const by = await handle.cells('by/')
        same(
          by.map(({ key }) => Number(key.slice(3))),
          Array.from({ length: 160 }, (_, i) => i + 1),
        )
        for (let writer = 0; writer < 8; writer++) equal(by.filter(({ text }) => text === `${writer}`).length, 20)
      }
      log(`160 writes by 8 writers on ${new Set(handles).size} handles, ${conflicts} conflicts`)
    },
  },
  {
    name: 'facts and bookkeeping of racing writers never come apart',
    async run({ open, another, log }) {
      const store = await open()
      const handles = [store, await another(store)]
      let conflicts = 0
      const write = async (device, times) => {
        const handle = handles[device % handles.length]
        for (let n = 1; n <= times;) {
          const expected = await handle.revision()
          const last = await handle.cell(`device/${device}`)
          try {
            await handle.write({
              changes: [put(`d${device}-${n}`, { device, n })],
              expected,
              cells: [
                { key: `device/${device}`, text: `${n}` },
                { key: `verdict/${device}/${n}`, text: 'accepted' },
              ],
              guards: [
                { key: `device/${device}`, text: last },
                { key: `verdict/${device}/${n}`, text: null },
              ],
            })
            n += 1
          } catch (error) {
            if (error.code !== 'conflict') throw error
            conflicts += 1
          }
        }
      }
      await Promise.all(Array.from({ length: 4 }, (_, device) => write(device, 15)))
      for (const handle of handles) {
        await handle.revision()
        equal((await handle.scan('record')).length, 60)
        equal((await handle.cells('verdict/')).length, 60)
        same(
          (await handle.cells('device/')).map(({ text }) => text),
          ['15', '15', '15', '15'],
        )
      }
      log(`60 writes by 4 devices, ${conflicts} conflicts`)
    },
  },
  {
    name: 'exclusive work runs one after another, on all handles, and can read and write',
    async run({ open, another }) {
      const store = await open()
      const handles = [store, await another(store)]
      let inside = 0
      const work = (i) => async () => {
        inside += 1
        equal(inside, 1, 'pieces of work inside')
        const handle = handles[i % 2]
        // Reads, then writes without a guard: right only if nobody comes between.
        const n = Number((await handle.cell('n')) ?? 0)
        await handle.list({ where: { op: 'always' }, limit: 1 })
        await handle.write({ changes: [put(`r${n}`, {})], expected: await handle.revision() })
        await handle.write({ cells: [{ key: 'n', text: `${n + 1}` }] })
        inside -= 1
        return i
      }
      const given = await Promise.all(Array.from({ length: 12 }, (_, i) => handles[i % 2].exclusive(work(i))))
      same(
        given,
        Array.from({ length: 12 }, (_, i) => i),
        'what the work gives is given',
      )
      equal(await store.cell('n'), '12')
      await store.revision()
      equal((await store.scan('record')).length, 12)
    },
  },
  {
    name: 'exclusive work that fails tells its caller and lets the next one in',
    async run({ open, another }) {
      const store = await open()
      const other = await another(store)
      const own = new Error('of the work itself')
      equal(await store.exclusive(() => Promise.reject(own)).catch((error) => error), own)
      const thrown = await store
        .exclusive(() => {
          throw own
        })
        .catch((error) => error)
      equal(thrown, own)
      await refuses(
        'invalid',
        store.exclusive(() => store.write({ cells: [{ key: '', text: '' }] })),
      )
      equal(await other.exclusive(async () => 'next'), 'next')
      equal(await store.exclusive(async () => 'next'), 'next')
    },
  },
  {
    name: 'exclusive keeps out exclusive work only: others read and write meanwhile',
    async run({ open, another }) {
      const store = await open()
      const other = await another(store)
      await store.exclusive(async () => {
        const at = await other.revision()
        await other.write({ changes: [put('r1', {})], expected: at, cells: [{ key: 'k', text: '1' }] })
        equal(await store.cell('k'), '1')
        ok((await store.revision()) !== at, 'the other commit is seen')
      })
      equal((await store.scan('record')).length, 1)
    },
  },
]

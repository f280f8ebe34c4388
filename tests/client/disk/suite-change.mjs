// What happens to a disk over the years: clearing, newer and older versions, ends. And what a user takes away.

import { equal, fails, ok, same } from './expect.mjs'
import { entriesOf, entry, intent, meta, storedText, verdict } from './world.mjs'

export const change = [
  {
    name: 'a cleared disk is told of once, and never mistaken for a new one',
    async run({ open, reopen, another, clear }) {
      let disk = await open()
      const before = await disk.outbox.load()
      await disk.outbox.add((n) => intent(n))
      await disk.view.reset(meta(), [entry('a')], {}, 0)
      await clear(disk)
      const codes = await Promise.all(
        [disk.outbox.load(), disk.outbox.add((n) => intent(n)), disk.view.load({})].map((call) =>
          call.catch(({ code }) => code),
        ),
      )
      ok(
        codes.every((code) => code === 'cleared' || code === 'closed'),
        `no handle goes on: ${JSON.stringify(codes)}`,
      )
      // Opened and closed without anybody having been told.
      disk = await reopen(disk)
      await disk.outbox.add((n) => intent(n))
      disk = await reopen(disk)
      const tab = await another(disk)
      for (const { outbox } of [disk, tab]) {
        const state = await outbox.load()
        same([state.cleared, state.kept, state.next], [true, [{ intent: intent(1) }], 2])
        ok(state.device !== before.device, 'another device')
      }
      equal(await disk.view.load({}), null)
      await disk.outbox.add((n) => intent(n))
      disk = await reopen(disk)
      equal((await disk.outbox.load()).cleared, false)
    },
  },
  {
    name: 'a head that was taken, or an older outbox put back: cleared, and what is left stays',
    async run({ open, reopen, damage, rows }) {
      let disk = await open()
      await disk.outbox.load()
      for (let i = 0; i < 3; i++) await disk.outbox.add((n) => intent(n))
      const head = (await rows(disk)).find(({ key, part }) => key === 'head' && part === 'out').value
      await damage(disk, 'out', 'meta', 'head', { ...head, next: 2 })
      disk = await reopen(disk)
      equal((await disk.outbox.load()).cleared, true)
      for (let i = 0; i < 3; i++) await disk.outbox.claim()
      await damage(disk, 'out', 'meta', 'head')
      await fails('cleared', () => disk.outbox.add((n) => intent(n)))
      disk = await reopen(disk)
      const state = await disk.outbox.load()
      same([state.cleared, state.next, state.kept.length], [true, 4, 3])
      // The view has seen higher fences than the new outbox gave.
      await disk.view.reset(meta(), [], {}, await disk.outbox.claim())
      ok(state.device !== head.device, 'another device')
    },
  },
  {
    name: 'fields of a newer version survive every rewrite; an outbox that must not be touched is not',
    async run({ open, reopen, damage, rows }) {
      let disk = await open()
      await disk.outbox.add((n) => intent(n))
      await disk.outbox.add((n) => intent(n))
      const find = async (table, key) =>
        (await rows(disk)).find((row) => row.part === 'out' && row.table === table && row.key === key)?.value
      const newer = { later: { a: [1] } }
      const head = { ...(await find('meta', 'head')), format: 9, ...newer }
      await damage(disk, 'out', 'meta', 'head', head)
      await damage(disk, 'out', 'kept', 1, { intent: intent(1, newer), ...newer })
      disk = await reopen(disk)
      const fence = await disk.outbox.claim()
      await disk.outbox.add((n) => intent(n))
      await disk.outbox.settle([verdict(1, 'rejected', newer)], fence)
      same(await find('kept', 1), { intent: intent(1, newer), verdict: verdict(1, 'rejected', newer), ...newer })
      await disk.outbox.renumber('device-2', fence)
      same(await find('kept', 0), {
        intent: intent(0, { ...intent(1, newer), n: 0 }),
        verdict: verdict(0, 'rejected', { idem: 'idem-1', ...newer }),
        ...newer,
      })
      same(await find('meta', 'head'), { ...head, device: 'device-2', next: 3, fence })
      await damage(disk, 'out', 'meta', 'head', { ...head, least: 9 })
      await fails('version', () => disk.outbox.load())
      await fails('version', () => reopen(disk))
    },
  },
  {
    name: 'a view of another format, older or newer, counts as none and does the outbox no harm',
    async run({ open, reopen, damage, rows }) {
      let disk = await open()
      await disk.outbox.add((n) => intent(n))
      for (const format of [1, 3, 'x', undefined]) {
        await disk.view.reset(meta(), [entry('a')], {}, 0)
        const head = (await rows(disk)).find(({ part, key }) => part === 'view' && key === 'head').value
        await damage(disk, 'view', 'meta', 'head', { ...head, format })
        await fails('cleared', () => disk.view.patch(meta(), [], {}, 0))
        disk = await reopen(disk)
        equal(await disk.view.load({}), null)
        equal((await disk.outbox.load()).kept.length, 1)
      }
      await disk.view.reset(meta(), [entry('b')], {}, 0)
      same(entriesOf(await disk.view.load({})), [entry('b')])
    },
  },
  {
    name: 'damage to the outbox is said, and nothing is written over it',
    async run({ open, damage, rows }) {
      const disk = await open()
      await disk.outbox.add((n) => intent(n))
      await damage(disk, 'out', 'kept', 1, { intent: 'gone' })
      await fails('corrupt', () => disk.outbox.load())
      await fails('corrupt', () => disk.outbox.settle([verdict(1)], 0))
      ok(storedText(await rows(disk)).includes('gone'), 'still there to be looked at')
    },
  },
  {
    name: 'after closing every call is `closed`; after wiping nothing is left, and a new disk is not a cleared one',
    async run({ open, reopen, another, rows }) {
      let disk = await open()
      const tab = await another(disk)
      await disk.outbox.add((n) => intent(n))
      await disk.view.reset(meta(), [entry('a')], {}, 0)
      await disk.outbox.close()
      await fails('closed', () => disk.outbox.load())
      await disk.view.close()
      await fails('closed', () => disk.view.load({}))
      disk = await reopen(disk)
      await disk.view.wipe()
      await disk.outbox.wipe()
      for (const gone of [disk, tab]) {
        await fails('closed', () => gone.outbox.add((n) => intent(n)))
        await fails('closed', () => gone.view.load({}))
      }
      disk = await reopen(disk)
      const { cleared, kept } = await disk.outbox.load()
      same([cleared, kept, await disk.view.load({})], [false, [], null])
      ok(!storedText(await rows(disk)).includes('own words'), 'no word of the user is left')
    },
  },
  {
    name: 'an export holds what was refused or never sent, in the words of the user',
    async run({ open, exportOutbox }) {
      const { outbox } = await open()
      for (let i = 0; i < 3; i++) await outbox.add((n) => intent(n))
      const theirs = [{ path: ['title'], value: 'of somebody else' }]
      await outbox.settle(
        [verdict(1), verdict(2, 'rejected', { code: 'precondition', message: 'it changed', theirs })],
        0,
      )
      const text = exportOutbox(await outbox.load())
      const { intents, ...rest } = JSON.parse(text)
      same(rest, { format: 'lictor outbox', version: 1, device: (await outbox.load()).device })
      const own = (n) => {
        const { idem, made, action, target, args } = intent(n)
        return { idem, made, action, target, args }
      }
      same(intents, [
        { status: 'refused', ...own(2), refused: { code: 'precondition', message: 'it changed', theirs } },
        { status: 'unsent', ...own(3) },
      ])
    },
  },
]

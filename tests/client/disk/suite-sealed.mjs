// What is sealed: encrypted under a key that is nowhere stored, locked without it, gone without a byte.

import { equal, fails, ok, same } from './expect.mjs'
import { KEYS, OTHER, byId, del, entriesOf, entry, meta, put, storedText } from './world.mjs'

const seal = 'dusk'
const dusk = (id, more = {}) => entry(`dusk-${id}`, `MARKER of ${id}`, { seal, ...more })
const dawn = (id) => entry(`dawn-${id}`, `OTHER MARKER of ${id}`, { seal: 'dawn' })
const member = { k: { relation: 'membership', community: seal, user: 'MARKER-user' }, v: { role: ['owner'] }, seal }
const readable = (rows) => storedText(rows).match(/MARKER|dusk-|dawn-/g)
const certificates = [
  { relation: 'record' },
  { relation: 'record', where: { id: 'dusk-a' } },
  { relation: 'membership', where: { community: seal, user: 'MARKER-user' } },
  { relation: 'membership', where: { user: '7' } },
]

export const sealed = [
  {
    name: 'nothing sealed can be read from what is stored; it opens with its key, and is locked without or with another',
    async run({ open, reopen, rows }) {
      let disk = await open()
      const entries = [entry('open'), dusk('a'), member, dawn('a')]
      await disk.view.reset(meta({ closed: certificates }), entries, KEYS, 0)
      await disk.view.patch(
        meta({ closed: certificates }),
        [put(dusk('b')), put(dusk('a', { derived: { read: 'allow' } }))],
        KEYS,
        0,
      )
      await disk.view.patch(meta({ closed: certificates }), [put({ ...dusk('a'), v: { MARKER: 3 } })], KEYS, 0)
      equal(readable(await rows(disk)), null)
      for (const text of Object.values(KEYS)) ok(!storedText(await rows(disk)).includes(text), 'no key is stored')
      disk = await reopen(disk)
      const whole = await disk.view.load(KEYS)
      same(
        sort(entriesOf(whole)),
        sort([entry('open'), { ...dusk('a'), v: { MARKER: 3 } }, dusk('b'), member, dawn('a')]),
      )
      same([sort(whole.meta.closed), whole.locked], [sort(certificates), []])
      for (const keys of [{}, { [seal]: OTHER, dawn: 'no key' }, { [seal]: 'c2hvcnQ=' }]) {
        const locked = await disk.view.load(keys)
        same([entriesOf(locked), locked.locked], [[entry('open')], ['dawn', 'dusk']])
        same(locked.meta.closed, [certificates[0], certificates[3]], 'what names something sealed is locked with it')
      }
      const half = await disk.view.load({ dawn: KEYS.dawn })
      same([byId(entriesOf(half)), half.locked], [byId([entry('open'), dawn('a')]), ['dusk']])
      same((await disk.view.load(KEYS)).locked, [])
    },
  },
  {
    name: 'the same text sealed twice is stored as other bytes, and opens nowhere but where it was put',
    async run({ open, another, damage, rows }) {
      const disk = await open()
      const bytes = async () => (await rows(disk)).filter(({ table }) => table === 'blocks').map(({ value }) => value)
      await disk.view.reset(meta(), [dusk('a')], KEYS, 0)
      const [before] = await bytes()
      await disk.view.reset(meta(), [dusk('a')], KEYS, 0)
      const [after] = await bytes()
      ok(String(before.bytes) !== String(after.bytes) && String(before.iv) !== String(after.iv), 'a fresh IV')
      // An older block put back passes its checksum, and is not taken.
      await damage(disk, 'view', 'blocks', after.id, before)
      same((await (await another(disk)).view.load(KEYS)).locked, ['dusk'])
    },
  },
  {
    name: 'without its key nothing is stored rather than stored in the open',
    async run({ open, rows }) {
      const disk = await open()
      await fails('unavailable', () => disk.view.reset(meta(), [dusk('a')], { dawn: KEYS.dawn }, 0))
      equal(await disk.view.load({}), null)
      await disk.view.reset(meta(), [entry('a')], {}, 0)
      await fails('unavailable', () => disk.view.patch(meta(), [put(dusk('a'))], { [seal]: 'bm8=' }, 0))
      same(entriesOf(await disk.view.load({})), [entry('a')])
      equal(readable(await rows(disk)), null)
    },
  },
  {
    name: 'what moves into a seal is not left in the open, neither in chunk nor log',
    async run({ open, rows, reopen }) {
      let disk = await open()
      const open_ = { ...dusk('a'), seal: undefined }
      await disk.view.reset(meta(), [open_], {}, 0)
      await disk.view.patch(meta(), [put(entry('dusk-b', 'MARKER in the log'))], {}, 0)
      ok(readable(await rows(disk)).length > 0, 'the test can see it')
      await disk.view.patch(meta(), [put(dusk('a')), put(dusk('b'))], KEYS, 0)
      equal(readable(await rows(disk)), null)
      disk = await reopen(disk)
      same(byId(entriesOf(await disk.view.load(KEYS))), [dusk('a'), dusk('b')])
      await disk.view.patch(meta(), [put(entry('dusk-a', 'in the open again'))], KEYS, 0)
      disk = await reopen(disk)
      same(byId(entriesOf(await disk.view.load(KEYS))), [entry('dusk-a', 'in the open again'), dusk('b')])
    },
  },
  {
    name: 'a purge takes a seal whole, locked or not: blocks, log, certificates, leases',
    async run({ open, reopen, rows }) {
      const scope = { community: seal }
      const about = meta({ closed: certificates, leases: [{ scope, until: 9 }], subs: [scope, 'mine'] })
      for (const locked of [false, true]) {
        let disk = await open()
        await disk.view.reset(about, [entry('open'), dusk('a'), member, dawn('a')], KEYS, 0)
        await disk.view.patch(about, [put(dusk('b')), put(dusk('a'))], KEYS, 0)
        if (locked) disk = await reopen(disk)
        if (locked) await disk.view.load({})
        await disk.view.purge([seal, 'of nothing'], 0)
        ok(!storedText(await rows(disk)).includes(seal), 'not even its name is left')
        disk = await reopen(disk)
        const found = await disk.view.load(KEYS)
        same([byId(entriesOf(found)), found.locked], [byId([entry('open'), dawn('a')]), []])
        same(
          [found.meta.closed, found.meta.leases, found.meta.subs],
          [
            [certificates[0], certificates[1], certificates[3]].filter(({ where }) => where?.id === undefined),
            [],
            ['mine'],
          ],
        )
        await disk.view.patch(meta(), [put(entry('more')), del('open')], { dawn: KEYS.dawn }, 0)
        same(byId(entriesOf(await disk.view.load(KEYS))), byId([entry('more'), dawn('a')]))
      }
      const none = await open()
      await none.view.purge([seal], 0)
      equal(await none.view.load({}), null)
    },
  },
  {
    name: 'a patch without the key of a stored seal drops it; under another key it is refused',
    async run({ open, reopen, rows }) {
      let disk = await open()
      await disk.view.reset(meta(), [entry('open'), dusk('a'), dawn('a')], KEYS, 0)
      disk = await reopen(disk)
      await fails('unavailable', () => disk.view.patch(meta(), [put(dusk('b'))], { ...KEYS, [seal]: OTHER }, 0))
      equal(entriesOf(await disk.view.load(KEYS)).length, 3)
      await disk.view.load({})
      await disk.view.patch(meta({ lastN: 1 }), [del('dusk-a')], { dawn: KEYS.dawn }, 0)
      ok(!storedText(await rows(disk)).includes('dusk'), 'all of it has gone')
      same(byId(entriesOf(await disk.view.load(KEYS))), byId([entry('open'), dawn('a')]))
    },
  },
  {
    name: 'a view loaded while locked takes a patch once the key is there again',
    async run({ open, reopen }) {
      let disk = await open()
      await disk.view.reset(meta(), [entry('open'), dusk('a'), dusk('b')], KEYS, 0)
      disk = await reopen(disk)
      same((await disk.view.load({})).locked, [seal])
      await disk.view.patch(meta(), [del('dusk-a'), put(entry('dusk-b', 'public now')), put(dusk('c'))], KEYS, 0)
      disk = await reopen(disk)
      const found = await disk.view.load(KEYS)
      same(
        [byId(entriesOf(found)), found.locked],
        [byId([entry('open'), entry('dusk-b', 'public now'), dusk('c')]), []],
      )
    },
  },
]

const sort = (list) => list.map((one) => JSON.stringify(one)).sort()

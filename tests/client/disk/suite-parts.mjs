// A whole view that comes in parts: nothing of it is seen before the end, and what never came to its end leaves nothing.

import { equal, fails, ok, same } from './expect.mjs'
import { KEYS, OTHER, byId, del, entriesOf, entry, meta, put, storedText } from './world.mjs'

const encoder = new TextEncoder()

/** A part as a server makes it: what is in it, and the entries. */
function part(entries, seal) {
  const keys = entries.map(({ k }) => `record/${k.id}`)
  const head = seal === undefined ? { keys: keys.slice(0, 1) } : { seal, keys }
  return { ...head, bytes: encoder.encode(`${JSON.stringify(head)}\n${JSON.stringify(entries)}`) }
}

const plain = (ids) => part(ids.map((id) => entry(id, `NEW ${id}`)))
const dusk = (id) => entry(id, `SECRET ${id}`, { seal: 'dusk' })
const shown = async ({ view }, keys = KEYS) => {
  const state = await view.load(keys)
  return (
    state && {
      token: state.meta.token,
      ids: entriesOf(state)
        .map(({ k }) => k.id)
        .sort(),
      locked: state.locked,
    }
  )
}

export const parts = [
  {
    name: 'parts become the view at the end, not before; sealed ones are sealed, and patches find their places',
    async run({ open, reopen, rows }) {
      let disk = await open()
      await disk.view.reset(meta({ token: 'old' }), [entry('a', 'OLD'), entry('z', 'OLD')], KEYS, 0)
      const { view } = disk
      await view.begin(KEYS, 0)
      await view.add(plain(['a', 'b', 'c']))
      await view.add(plain(['m', 'n']))
      same(await shown(disk), { token: 'old', ids: ['a', 'z'], locked: [] })
      await view.add(part([dusk('s1'), dusk('s2')], 'dusk'))
      await view.finish(meta({ token: 'new', closed: [{ relation: 'membership', where: { community: 'dusk' } }] }))
      const text = storedText(await rows(disk))
      ok(!/SECRET|OLD|s1/.test(text), 'nothing sealed is readable, nothing of before is there')
      disk = await reopen(disk)
      same(await shown(disk, {}), { token: 'new', ids: ['a', 'b', 'c', 'm', 'n'], locked: ['dusk'] })
      same(await shown(disk), { token: 'new', ids: ['a', 'b', 'c', 'm', 'n', 's1', 's2'], locked: [] })
      equal((await disk.view.load(KEYS)).meta.closed.length, 1)
      await disk.view.patch(meta(), [del('s1'), del('m'), put(entry('b', 'changed')), put(entry('bb'))], KEYS, 0)
      const state = await disk.view.load(KEYS)
      const right = [entry('a', 'NEW a'), entry('b', 'changed'), entry('bb'), entry('c', 'NEW c'), entry('n', 'NEW n')]
      same(byId(entriesOf(state)), [...right, dusk('s2')])
      ok(!/NEW m/.test(storedText(await rows(disk))), 'what left is gone')
    },
  },
  {
    name: 'parts on an empty place, and none at all',
    async run({ open }) {
      const disk = await open()
      await disk.view.begin({}, 0)
      await disk.view.add(plain(['a']))
      equal(await disk.view.load({}), null)
      await disk.view.finish(meta({ token: 'one' }))
      same(await shown(disk, {}), { token: 'one', ids: ['a'], locked: [] })
      await disk.view.begin({}, 0)
      await disk.view.finish(meta({ token: 'two' }))
      same(await shown(disk, {}), { token: 'two', ids: [], locked: [] })
    },
  },
  {
    name: 'what never came to its end leaves the view as it was, and goes with the next write of whatever kind',
    async run({ open, reopen, rows }) {
      for (const write of [
        ({ view }) => view.patch(meta({ token: 'old' }), [put(entry('a'))], KEYS, 0),
        ({ view }) => view.purge(['dawn'], 0),
        ({ view }) => view.reset(meta({ token: 'old' }), [entry('a')], KEYS, 0),
        ({ view }) => view.begin(KEYS, 0),
        ({ view }) => view.drop(),
      ]) {
        let disk = await open()
        await disk.view.reset(meta({ token: 'old' }), [entry('a')], KEYS, 0)
        await disk.view.begin(KEYS, 0)
        await disk.view.add(plain(['half', 'of', 'it']))
        disk = await reopen(disk)
        same(await shown(disk), { token: 'old', ids: ['a'], locked: [] })
        ok(storedText(await rows(disk)).includes('NEW half'), 'it is still there')
        await write(disk)
        ok(!storedText(await rows(disk)).includes('NEW half'), `it is gone after ${write}`)
        await fails('closed', () => disk.view.add(plain(['more']))).catch((error) => {
          // A view that was begun anew takes parts.
          if (!String(write).includes('begin')) throw error
        })
      }
    },
  },
  {
    name: 'another tab that writes meanwhile, or leads, ends it; without its key a part is not taken',
    async run({ open, another }) {
      const disk = await open()
      const tab = await another(disk)
      await disk.view.reset(meta({ token: 'old' }), [entry('a')], KEYS, 0)
      await disk.view.begin(KEYS, 0)
      await disk.view.add(plain(['b']))
      await tab.view.patch(meta({ token: 'theirs' }), [put(entry('c'))], KEYS, 0)
      await fails('closed', () => disk.view.add(plain(['d'])))
      await fails('closed', () => disk.view.finish(meta({ token: 'new' })))
      same(await shown(tab), { token: 'theirs', ids: ['a', 'c'], locked: [] })
      await disk.view.begin(KEYS, 0)
      await disk.view.add(plain(['b']))
      await tab.view.purge(['dawn'], 1)
      await fails('fenced', () => disk.view.finish(meta({ token: 'new' })))
      same(await shown(tab), { token: 'theirs', ids: ['a', 'c'], locked: [] })
      await tab.view.begin({ dawn: OTHER }, 1)
      await fails('unavailable', () => tab.view.add(part([dusk('s')], 'dusk')))
      same(await shown(tab), { token: 'theirs', ids: ['a', 'c'], locked: [] })
    },
  },
]

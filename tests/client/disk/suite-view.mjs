// The view: what was pulled comes back, patches and folding change nothing of it, and what leaves leaves no byte.

import { equal, fails, ok, random, same } from './expect.mjs'
import { KEYS, byId, del, entriesOf, entry, intent, meta, put, storedText } from './world.mjs'

const LIMIT = 256 * 1024
const wide = (id, letter = 'ž') => entry(id, letter.repeat(20_000) + id)

export const view = [
  {
    name: 'none at first; a whole view comes back, keys in any order, the later of two with one key',
    async run({ open, reopen }) {
      let disk = await open()
      equal(await disk.view.load({}), null)
      await fails('cleared', () => disk.view.patch(meta(), [put(entry('a'))], {}, 0))
      equal(await disk.view.load({}), null)
      const odd = [
        entry('b/ž', 'žluťoučký 🐎 \u0000 "', { missing: [['metadata', 'x'], ['y']], derived: { read: 'allow' } }),
        { k: { relation: 'membership', community: 'c', user: '7' }, v: { role: ['owner'] } },
        { k: { relation: 'community', id: 'c' }, v: { metadata: {} } },
      ]
      await disk.view.reset(meta(), [entry('z'), entry('a', 'first'), ...odd, entry('a', 'second')], {}, 0)
      disk = await reopen(disk)
      const { lists, ...rest } = await disk.view.load({})
      same(rest, { meta: meta(), locked: [] })
      const byText = (list) => list.map((one) => JSON.stringify(one)).sort()
      same(byText(entriesOf({ lists })), byText([entry('a', 'second'), entry('z'), ...odd]))
      await disk.view.reset(meta({ token: 'token-2' }), [], {}, 0)
      same(await disk.view.load({}), { meta: meta({ token: 'token-2' }), lists: [], locked: [] })
    },
  },
  {
    name: 'patches: with and without having loaded, from two tabs, and many at once',
    async run({ open, reopen, another }) {
      let disk = await open()
      await disk.view.reset(meta(), [entry('a'), entry('b'), entry('c')], {}, 0)
      await disk.view.patch(meta({ lastN: 1 }), [put(entry('b', 'new')), put(entry('d')), del('a')], {}, 0)
      disk = await reopen(disk)
      await disk.view.patch(
        meta({ lastN: 2 }),
        [del('never there'), put(entry('e')), del('e'), put(entry('b', 'newer'))],
        {},
        0,
      )
      const tab = await another(disk)
      await Promise.all(
        Array.from({ length: 10 }, (_, i) => disk.view.patch(meta({ lastN: 3 + i }), [put(entry(`p${i}`))], {}, 0)),
      )
      await tab.view.patch(meta({ lastN: 20 }), [put(entry('q'))], {}, 0)
      await disk.view.patch(meta({ lastN: 21 }), [del('p0')], {}, 0)
      const found = await (await reopen(disk)).view.load({})
      equal(found.meta.lastN, 21)
      const rest = Array.from({ length: 9 }, (_, i) => entry(`p${i + 1}`))
      same(byId(entriesOf(found)), byId([entry('b', 'newer'), entry('c'), entry('d'), entry('q'), ...rest]))
    },
  },
  {
    name: 'two tabs patch at once, folding or not: nothing is lost, nothing comes back',
    async run({ open, another }) {
      for (const foldAfter of [0, 1_000_000]) {
        const tabs = [await open({ foldAfter })]
        tabs.push(await another(tabs[0]))
        await tabs[0].view.reset(meta(), [entry('a'), entry('b')], KEYS, 0)
        for (const { view } of tabs) await view.load(KEYS)
        // What the other tab does not know it has: it must look again before it takes it away.
        await tabs[0].view.patch(meta(), [put(entry('s', 'x', { seal: 'dusk' }))], KEYS, 0)
        await tabs[1].view.patch(meta(), [del('s')], KEYS, 0)
        for (let i = 0; i < 8; i++) {
          const write = ({ view }, tab) =>
            view.patch(meta(), [put(entry(`${tab}-${i}`)), del(`${tab}-${i - 4}`)], {}, 0)
          await Promise.all(tabs.map(write))
        }
        const left = [4, 5, 6, 7].flatMap((i) => [entry(`0-${i}`), entry(`1-${i}`)])
        same(byId(entriesOf(await tabs[1].view.load(KEYS))), byId([entry('a'), entry('b'), ...left]))
      }
    },
  },
  {
    name: 'a field that is hidden from now on leaves at once, from chunk and from log',
    async run({ open, rows }) {
      const disk = await open()
      const { view } = disk
      await view.reset(meta(), [entry('a', 'SECRET in a chunk'), entry('b'), entry('c', 'of c')], {}, 0)
      await view.patch(meta(), [put(entry('b', 'SECRET in the log')), put(entry('c', 'new c'))], {}, 0)
      equal(storedText(await rows(disk)).match(/SECRET/g).length, 2)
      const hidden = ['a', 'b'].map((id) => entry(id, 'shown', { missing: [['metadata', 'more']] }))
      await view.patch(meta(), hidden.map(put), {}, 0)
      equal(storedText(await rows(disk)).match(/SECRET/g), null)
      same(byId(entriesOf(await view.load({}))), [...hidden, entry('c', 'new c')])
    },
  },
  {
    name: 'a chunk written anew in the midst of others keeps its place',
    async run({ open, reopen }) {
      let disk = await open()
      const ids = Array.from({ length: 60 }, (_, i) => `r${i + 10}`)
      const model = new Map(ids.map((id) => [id, wide(id)]))
      await disk.view.reset(meta(), [...model.values()], {}, 0)
      for (const id of ['r40', 'r20', 'r60', 'r30']) {
        model.delete(id)
        await disk.view.patch(meta(), [del(id)], {}, 0)
        const changed = ['r11', 'r31', 'r45', 'r69'].map((id) => entry(id, `new since ${id}`))
        for (const one of changed) model.set(one.k.id, one)
        await disk.view.patch(meta(), changed.map(put), {}, 0)
        disk = await reopen(disk)
        same(byId(entriesOf(await disk.view.load({}))), byId([...model.values()]))
      }
    },
  },
  ...[0, undefined].map((foldAfter) => ({
    name: `a thousand random changes, ${foldAfter === 0 ? 'folded each time' : 'logged'}: the model agrees, and nothing of what left is stored`,
    run: (host) => randomChanges(host, foldAfter),
  })),
  {
    name: 'chunks stay within their bound, and only those that hold a changed key are written anew',
    async run({ open, rows }) {
      const disk = await open({ foldAfter: 0 })
      const ids = Array.from({ length: 60 }, (_, i) => `r${String(i).padStart(2, '0')}`)
      await disk.view.reset(
        meta(),
        ids.map((id) => wide(id)),
        {},
        0,
      )
      const blocks = async () =>
        new Map(
          (await rows(disk))
            .filter(({ table }) => table === 'blocks')
            .map(({ key, value }) => [key, value.bytes.length]),
        )
      const before = await blocks()
      ok(before.size >= 9, `${before.size} chunks`)
      await disk.view.patch(meta(), [put(entry('r30', 'short'))], {}, 0)
      await disk.view.patch(meta(), [put(wide('r30', 'x'))], {}, 0)
      await disk.view.patch(meta(), [del('r31')], {}, 0)
      const after = await blocks()
      equal([...before.keys()].filter((id) => !after.has(id)).length, 1)
      await disk.view.patch(meta(), [del('r31'), put(entry('new', 'x', { seal: 'dusk' })), del('new')], KEYS, 0)
      same([...(await blocks()).keys()], [...after.keys()], 'what leaves without having been there')
      // One chunk grows beyond its bound and becomes several.
      await disk.view.patch(
        meta(),
        Array.from({ length: 20 }, (_, i) => put(wide(`r05-${i}`))),
        {},
        0,
      )
      await disk.view.patch(meta(), [del('r59')], {}, 0)
      const grown = await blocks()
      ok(
        [...grown.values()].every((size) => size <= LIMIT),
        `all within ${LIMIT}: ${[...grown.values()]}`,
      )
      equal([...before.keys()].filter((id) => !grown.has(id)).length, 3)
      equal(entriesOf(await disk.view.load({})).length, 78)
      // What shrinks is put together again.
      await disk.view.patch(
        meta(),
        ids
          .slice(6, 59)
          .filter((id) => id !== 'r31')
          .map(del),
        {},
        0,
      )
      await disk.view.patch(
        meta(),
        Array.from({ length: 19 }, (_, i) => del(`r05-${i}`)),
        {},
        0,
      )
      ok((await blocks()).size <= 2, `${(await blocks()).size} chunks of 7 entries`)
      equal(entriesOf(await disk.view.load({})).length, 7)
    },
  },
  {
    name: 'one entry larger than a chunk, among others',
    async run({ open, reopen }) {
      const big = entry('m', 'ž'.repeat(300_000))
      let disk = await open()
      await disk.view.reset(meta(), [entry('a'), big, entry('z')], {}, 0)
      await disk.view.patch(meta(), [put(entry('n', 'x'.repeat(400_000))), del('a')], {}, 0)
      disk = await reopen(disk)
      same(byId(entriesOf(await disk.view.load({}))), [big, entry('n', 'x'.repeat(400_000)), entry('z')])
    },
  },
  {
    name: 'a damaged or missing block: no view, an outbox as before, and a new view heals it; one too many is swept away',
    async run({ open, reopen, damage, rows }) {
      let disk = await open()
      await disk.outbox.add((n) => intent(n))
      const harms = [
        (block) => ({ ...block, bytes: block.bytes.map((byte, i) => (i === 5 ? byte ^ 1 : byte)) }),
        (block) => ({ ...block, bytes: block.bytes.slice(0, -1) }),
        (block) => ({ ...block, sum: 1 }),
        () => ({ id: 1 }),
        () => undefined,
      ]
      for (const harm of harms) {
        for (const part of ['chunk', 'sealed', 'log']) {
          await disk.view.reset(
            meta(),
            [entry('a'), ...(part === 'sealed' ? [entry('b', 'x', { seal: 'dusk' })] : [])],
            KEYS,
            0,
          )
          if (part === 'log') await disk.view.patch(meta(), [put(entry('a', 'new'))], KEYS, 0)
          const { value, key } = (await rows(disk)).filter(({ table }) => table === 'blocks').at(-1)
          await damage(disk, 'view', 'blocks', key, harm(value))
          disk = await reopen(disk)
          equal(await disk.view.load(KEYS), null, `${part} ${harm}`)
          await fails('corrupt', () => disk.view.patch(meta(), [del('a')], KEYS, 0))
          equal((await disk.outbox.load()).kept.length, 1)
        }
      }
      await disk.view.reset(meta(), [entry('a')], {}, 0)
      await damage(disk, 'view', 'blocks', 99, { id: 99, bytes: new Uint8Array(2), sum: 1 })
      same(entriesOf(await disk.view.load({})), [entry('a')])
      for (const write of [
        () => disk.view.patch(meta(), [put(entry('a'))], {}, 0),
        () => disk.view.purge(['dusk'], 0),
        () => disk.view.reset(meta(), [entry('a')], {}, 0),
      ]) {
        await damage(disk, 'view', 'blocks', 99, { id: 99, bytes: new Uint8Array(2), sum: 1 })
        await write()
        ok(!(await rows(disk)).some(({ key }) => key === 99), 'it is gone')
        same(entriesOf(await disk.view.load({})), [entry('a')])
      }
    },
  },
  {
    name: 'policy documents by hash; a view under a new one lets the old ones go',
    async run({ open, reopen, damage }) {
      let disk = await open()
      equal(await disk.view.bundle('hash-1'), undefined)
      await disk.view.putBundle('hash-1', { policy: ['ž'] })
      await disk.view.reset(meta(), [], {}, 0)
      await disk.view.putBundle('hash-2', { policy: 2 })
      await disk.view.patch(meta(), [], {}, 0)
      disk = await reopen(disk)
      same([await disk.view.bundle('hash-1'), await disk.view.bundle('hash-2')], [{ policy: ['ž'] }, { policy: 2 }])
      await disk.view.patch(meta({ bundle: 'hash-2' }), [], {}, 0)
      equal(await disk.view.bundle('hash-1'), undefined)
      same(await disk.view.bundle('hash-2'), { policy: 2 })
      await damage(disk, 'view', 'bundles', 'hash-2', '{')
      equal(await disk.view.bundle('hash-2'), undefined)
    },
  },
]

/** Entries come, change, move between seals and leave. Each text occurs once, so what is stored can be looked for. */
async function randomChanges({ open, reopen, rows }, foldAfter) {
  const chance = random(foldAfter === 0 ? 1 : 2)
  let disk = await open(foldAfter === undefined ? {} : { foldAfter })
  const model = new Map()
  let count = 0
  const change = () => {
    count += 1
    const id = `r${chance.below(60)}`
    if (chance.below(4) === 0) {
      model.delete(id)
      return del(id)
    }
    const seal = chance.pick([undefined, undefined, 'dusk', 'dawn'])
    const missing = chance.below(5) === 0 ? [['metadata', 'secret']] : undefined
    // Ids of sealed entries are secrets too, but here they move in and out of seals; texts do not.
    const one = entry(id, `<${seal ?? 'plain'} ${count}>`, { ...(seal && { seal }), ...(missing && { missing }) })
    model.set(id, one)
    return put(one)
  }
  const check = async (keys) => {
    const found = await disk.view.load(keys)
    same(byId(entriesOf(found)), byId([...model.values()]), `after ${count} changes`)
    const text = storedText(await rows(disk))
    ok(!/<d(usk|awn) /.test(text), 'nothing sealed is readable')
    // A replaced text may stay until the log is folded; what has left, moved or been hidden may not.
    const live = new Set([...model.values()].map(({ v }) => v.metadata.title))
    const readable = [...text.matchAll(/<plain \d+>/g)].map(([title]) => title)
    for (const one of model.values()) if (!one.seal) ok(readable.includes(one.v.metadata.title), 'what stays is there')
    const gone = readable.filter((title) => !live.has(title))
    if (foldAfter === 0) equal(gone.length, 0, gone.join())
    for (const title of gone) ok(model.has(owner.get(title)) && !model.get(owner.get(title)).seal, `${title} has left`)
  }
  const owner = new Map()
  const note = (ops) => ops.forEach(({ k, v }) => v && owner.set(v.metadata.title, k.id))
  await disk.view.reset(meta(), [], KEYS, 0)
  for (let step = 0; count < 1000; step++) {
    const ops = Array.from({ length: 1 + chance.below(12) }, change)
    note(ops)
    if (step % 40 === 39) await disk.view.reset(meta({ lastN: step }), [...model.values()], KEYS, 0)
    else await disk.view.patch(meta({ lastN: step }), ops, KEYS, 0)
    if (step % 3 === 0) disk = await reopen(disk)
    if (step % 2 === 0) await check(KEYS)
  }
  await check(KEYS)
}

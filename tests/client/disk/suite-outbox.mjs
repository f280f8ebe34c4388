// The outbox as its user sees it: numbers, verdicts, dismissing, tabs.

import { equal, fails, ok, same } from './expect.mjs'
import { entriesOf, entry, intent, meta, verdict } from './world.mjs'

export const outbox = [
  {
    name: 'intents are numbered from 1, kept in order, and there after opening again',
    async run({ open, reopen }) {
      let disk = await open()
      const fresh = await disk.outbox.load()
      same(
        { next: fresh.next, kept: fresh.kept, cleared: fresh.cleared, fence: fresh.fence },
        { next: 1, kept: [], cleared: false, fence: 0 },
      )
      const given = intent(1)
      same(await disk.outbox.add((n) => Object.assign(given, { n })), intent(1))
      given.args.set[0].value = 'changed later'
      for (const n of [2, 3]) same(await disk.outbox.add((n) => intent(n)), intent(n))
      disk = await reopen(disk)
      const state = await disk.outbox.load()
      same(
        state.kept,
        [1, 2, 3].map((n) => ({ intent: intent(n) })),
      )
      same([state.device, state.next, state.cleared], [fresh.device, 4, false])
      ok(fresh.device.length >= 16, 'a device id that nobody guesses')
    },
  },
  {
    name: 'what cannot be an intent is not stored, and costs no number',
    async run({ open }) {
      const { outbox } = await open()
      const cases = [
        () => {
          throw new Error('no')
        },
        (n) => intent(n + 1),
        (n) => intent(n, { args: { big: 1n } }),
      ]
      for (const make of cases) {
        const failed = await outbox.add(make).then(
          () => false,
          () => true,
        )
        ok(failed, 'refused')
      }
      same([(await outbox.load()).next, (await outbox.load()).kept], [1, []])
      equal((await outbox.add((n) => intent(n))).n, 1)
    },
  },
  {
    name: 'a verdict is stored once, beside its intent, and never replaced',
    async run({ open, reopen }) {
      let disk = await open()
      for (let i = 0; i < 3; i++) await disk.outbox.add((n) => intent(n))
      const refusal = verdict(2, 'rejected', { theirs: [{ path: ['title'], value: 'x' }], later: { field: 1 } })
      await disk.outbox.settle([refusal, verdict(9), verdict(3, 'accepted', { idem: 'of another' })], 0)
      await disk.outbox.settle([verdict(2), verdict(1), verdict(1, 'rejected')], 0)
      disk = await reopen(disk)
      same((await disk.outbox.load()).kept, [
        { intent: intent(1), verdict: verdict(1) },
        { intent: intent(2), verdict: refusal },
        { intent: intent(3) },
      ])
    },
  },
  {
    name: 'only what is decided, or given up in so many words, is dismissed',
    async run({ open, another }) {
      const disk = await open()
      const tab = await another(disk)
      const { outbox } = disk
      for (let i = 0; i < 3; i++) await outbox.add((n) => intent(n))
      await outbox.settle([verdict(1, 'rejected')], 0)
      await fails('undecided', () => outbox.dismiss(named(2)))
      await fails('undecided', () => outbox.dismiss(named(2), { make: (n) => intent(n) }))
      equal((await outbox.load()).kept.length, 3)
      // Both tabs replace the refused one: it is made once.
      const edited = (n) => intent(n, { idem: 'edited', causes: [2] })
      const made = await Promise.all([outbox, tab.outbox].map((one) => one.dismiss(named(1), { make: edited })))
      same(made.filter(Boolean), [{ made: edited(4) }])
      same(await outbox.dismiss(named(2), { unsent: true }), {})
      equal(await outbox.dismiss(named(77)), null)
      same((await tab.outbox.load()).kept, [{ intent: intent(3) }, { intent: edited(4) }])
      equal((await outbox.load()).next, 5)
      // What cannot be made leaves the old one where it was.
      await outbox.settle([verdict(3, 'rejected')], 0)
      const failed = await outbox.dismiss(named(3), { make: (n) => intent(n + 1) }).catch(() => 'failed')
      equal(failed, 'failed')
      equal((await outbox.load()).kept.length, 2)
    },
  },
  {
    name: 'a new device id: what is undecided counts from 1 again, what was decided keeps out of the way',
    async run({ open, reopen }) {
      let disk = await open()
      for (let i = 0; i < 5; i++) await disk.outbox.add((n) => intent(n, { causes: n === 5 ? [1, 3, 4] : [] }))
      await disk.outbox.settle([verdict(1), verdict(2, 'rejected')], 0)
      await disk.outbox.dismiss(named(4), { unsent: true })
      const state = await disk.outbox.renumber('device-2', 0)
      const idem = (n) => `idem-${n}`
      const expected = [
        { intent: intent(-1, { ...renamed(1), causes: [] }), verdict: verdict(-1, 'accepted', { idem: idem(1) }) },
        { intent: intent(0, renamed(2)), verdict: verdict(0, 'rejected', { idem: idem(2) }) },
        { intent: intent(1, renamed(3)) },
        { intent: intent(2, { ...renamed(5), causes: [1] }) },
      ]
      same(state.kept, expected)
      same([state.device, state.next], ['device-2', 3])
      same(await disk.outbox.renumber('device-2', 0), state, 'asked twice')
      disk = await reopen(disk)
      same(await disk.outbox.load(), state)
      equal((await disk.outbox.add((n) => intent(n))).n, 3)
      // Again, with those that keep out of the way already.
      await disk.outbox.settle([verdict(1, 'accepted', { idem: idem(3) })], 0)
      const settled = await disk.outbox.load()
      same(await disk.outbox.renumber('device-2', 0), settled, 'asked again after a verdict')
      const again = await disk.outbox.renumber('device-3', 0)
      same(
        again.kept.map(({ intent: { n, idem } }) => [n, idem]),
        [
          [-2, idem(1)],
          [-1, idem(2)],
          [0, idem(3)],
          [1, idem(5)],
          [2, idem(3)],
        ],
      )
      // The number alone says nothing: it was another intent's before.
      for (const n of [-1, 1]) equal(await disk.outbox.dismiss({ n, idem: idem(1) }, { unsent: true }), null)
      equal((await disk.outbox.load()).kept.length, 5)
      await disk.outbox.dismiss({ n: -1, idem: idem(2) })
      equal((await disk.outbox.load()).kept.length, 4)
    },
  },
  {
    name: 'what memory held is stored again, once, and its causes by the numbers they have now',
    async run({ open, another }) {
      const disk = await open()
      const tab = await another(disk)
      await disk.outbox.check()
      await disk.outbox.add((n) => intent(n, { idem: 'new' }))
      // The second of these is the cause of the third, the first was decided and is held by nobody.
      const held = [intent(5, { causes: [4] }), intent(7, { causes: [4, 5] })].map((intent) => ({ intent }))
      await tab.outbox.restore(held.slice(0, 1))
      await Promise.all([disk.outbox.restore(held), tab.outbox.restore(held)])
      const { kept, next, device } = await disk.outbox.load()
      same(
        kept.map(({ intent: { n, idem, causes } }) => [n, idem, causes]),
        [
          [1, 'new', []],
          [2, 'idem-5', []],
          [3, 'idem-7', [2]],
        ],
      )
      equal(next, 4)
      let told
      await disk.outbox.add((n, of) => {
        told = of
        return intent(n)
      })
      equal(told, device)
    },
  },
  {
    name: 'what was refused is stored again with its text and verdict, under numbers that no device sends',
    async run({ open, another }) {
      const disk = await open()
      const tab = await another(disk)
      await disk.outbox.add((n) => intent(n, { idem: 'new' }))
      const refused = (n) => ({ intent: intent(n, { causes: [1] }), verdict: verdict(n, 'rejected') })
      // The last rests on one that was refused, which the server has said already.
      const held = [refused(3), { intent: intent(4) }, refused(6), { intent: intent(7, { causes: [4, 6] }) }]
      await Promise.all([disk.outbox.restore(held), tab.outbox.restore(held)])
      const { kept, next } = await disk.outbox.load()
      same(
        kept.map(({ intent: { n, idem, causes }, verdict }) => [n, idem, causes, verdict?.n, verdict?.r]),
        [
          [-1, 'idem-3', [], -1, 'rejected'],
          [0, 'idem-6', [], 0, 'rejected'],
          [1, 'new', [], undefined, undefined],
          [2, 'idem-4', [], undefined, undefined],
          [3, 'idem-7', [2], undefined, undefined],
        ],
      )
      equal(next, 4)
    },
  },
  {
    name: 'what others wrote goes from decided intents, and from those alone',
    async run({ open, another }) {
      const disk = await open()
      const { outbox } = disk
      const set = [{ path: 'title', value: 'mine', was: 'theirs' }]
      for (let i = 0; i < 2; i++) await outbox.add((n) => intent(n, { args: { set } }))
      const theirs = [{ path: ['title'], value: 'theirs' }]
      const refusal = verdict(1, 'rejected', { code: 'precondition', theirs, later: 1 })
      await outbox.settle([refusal], 0)
      await outbox.redact([{ n: 1, idem: 'of another' }, named(2), named(9)], 0)
      const whole = { intent: intent(2, { args: { set } }) }
      same((await outbox.load()).kept, [{ intent: intent(1, { args: { set } }), verdict: refusal }, whole])
      await outbox.redact([named(1)], 0)
      const [first] = (await outbox.load()).kept
      same(first.intent.args, { set: [{ path: 'title', value: 'mine' }] })
      same(first.verdict, verdict(1, 'rejected', { code: 'precondition', later: 1 }))
      await (await another(disk)).outbox.claim()
      await fails('fenced', () => outbox.redact([named(1)], 0))
    },
  },
  {
    name: 'who led before the last claim writes nothing, neither to the outbox nor to the view',
    async run({ open, another }) {
      const old = await open()
      const now = await another(old)
      const before = await old.outbox.claim()
      await old.outbox.add((n) => intent(n))
      await old.view.reset(meta(), [entry('a')], {}, before)
      const fence = await now.outbox.claim()
      equal(fence, before + 1)
      await fails('fenced', () => old.outbox.settle([verdict(1)], before))
      await fails('fenced', () => old.outbox.renumber('mine', before))
      // The new leader has written nothing to the view yet.
      await fails('fenced', () => old.view.reset(meta(), [], {}, before))
      await fails('fenced', () => old.view.patch(meta(), [], {}, before))
      await fails('fenced', () => old.view.purge(['dusk'], before))
      same(entriesOf(await now.view.load({})), [entry('a')])
      same((await now.outbox.load()).kept, [{ intent: intent(1) }])
      equal((await now.outbox.load()).fence, fence)
      // Every tab may write and dismiss.
      await now.outbox.settle([verdict(1)], fence)
      equal((await old.outbox.add((n) => intent(n))).n, 2)
      await old.outbox.dismiss(named(1))
    },
  },
  {
    name: 'two tabs write at once: numbers are unique and gapless',
    async run({ open, another }) {
      const tabs = [await open()]
      tabs.push(await another(tabs[0]))
      const made = await Promise.all(
        Array.from({ length: 80 }, (_, i) => tabs[i % 2].outbox.add((n) => intent(n, { idem: `of tab ${i}` }))),
      )
      const all = Array.from({ length: 80 }, (_, i) => i + 1)
      same(
        made.map(({ n }) => n).sort((a, b) => a - b),
        all,
      )
      for (const { outbox } of tabs)
        same(
          (await outbox.load()).kept.map(({ intent }) => intent.n),
          all,
        )
    },
  },
]

const named = (n) => ({ n, idem: `idem-${n}` })

/** What an intent keeps when its number changes. */
const renamed = (n) => ({ idem: `idem-${n}`, target: intent(n).target, args: intent(n).args, made: intent(n).made })

// The plain functions the client is made of.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { internals } from './support/internals.mjs'

const { acknowledged, after, boundsOf, forgettable, news, overlay, RHYTHM, SKEW, START } = await internals(
  'pace.ts',
  'clock.ts',
  'queue.ts',
)

const failed = (kind, wait) => ({ t: 'failed', kind, problem: '', wait })
const far = 8_640_000_000_000_000

test('the pace: waits double with jitter up to a bound, and an outcome without an end stops', () => {
  let pace = START
  const waits = []
  for (let i = 0; i < 12; i++) {
    const [least, most] = [0, 0.999].map((chance) => after(pace, failed('server'), RHYTHM, chance).wait)
    waits.push([least, most])
    pace = after(pace, failed('server'), RHYTHM, 0).pace
  }
  waits.forEach(([least, most], i) => {
    const full = Math.min(60_000, 500 * 2 ** i)
    assert.ok(least === full / 2 && most > full * 0.99 && most <= full, `${i}: ${least} ${most}`)
  })
  assert.deepEqual(after(pace, { t: 'done', more: false }, RHYTHM, 0), {
    pace: { phase: 'idle', failures: 0 },
    wait: RHYTHM.poll,
  })
  assert.equal(after(pace, { t: 'done', more: true }, RHYTHM, 0).wait, 0)
  assert.equal(after(START, failed('server', 7000), RHYTHM, 0).wait, 7000)
  for (const kind of ['auth', 'too-old', 'no-policy']) assert.equal(after(START, failed(kind), RHYTHM, 0).wait, null)
  for (const kind of ['offline', 'timeout', 'server', 'garbled', 'refused', 'busy'])
    assert.ok(after(START, failed(kind), RHYTHM, 0).wait > 0, kind)
})

test('the clock: a range that holds the time whatever the device believes', () => {
  const hour = 3_600_000
  const right = { server: 100 * hour, wall: 100 * hour, monotonic: 5, live: true }
  const stored = { ...right, live: false }
  const range = (anchor, wall, monotonic) => boundsOf(anchor, { wall, monotonic: 5 + monotonic })
  const cases = [
    ['no view', null, 1, 1, 0, far],
    ['an hour later', right, 101 * hour, hour, 101 * hour, 101 * hour + SKEW],
    ['slept: the monotonic clock stood still', right, 109 * hour, 0, 100 * hour, 109 * hour + SKEW],
    ['set back', right, 3 * hour, hour, 101 * hour, far],
    ['set forward', right, 90_000 * hour, hour, 101 * hour, 90_000 * hour + SKEW],
    ['another life', stored, 109 * hour, hour, 101 * hour, 109 * hour + SKEW],
    ['another life, set back', stored, 3 * hour, 0, 100 * hour, far],
    ['a little behind all the time', { ...stored, wall: 98 * hour }, 105 * hour, 0, 100 * hour, 107 * hour + SKEW],
    ['years off, while the page lives', { ...right, wall: 9 * hour }, 10 * hour, hour, 101 * hour, 101 * hour + SKEW],
    ['years off, and slept', { ...right, wall: 9 * hour }, 30 * hour, hour, 101 * hour, far],
    ['starts from the same day at every boot', { ...stored, wall: 9 * hour }, 9 * hour, 0, 100 * hour, far],
  ]
  for (const [label, anchor, wall, monotonic, lo, hi] of cases)
    assert.deepEqual(range(anchor, wall, monotonic), { lo, hi }, label)
  // The engine takes whole milliseconds, and a clock may say nonsense.
  for (const [wall, monotonic] of [
    [1.5, 7.7],
    [Number.NaN, 3],
    [Infinity, 1],
    [-Infinity, 1],
  ]) {
    const { lo, hi } = range(right, wall, monotonic)
    assert.ok(Number.isSafeInteger(lo) && Number.isSafeInteger(hi) && lo <= hi, `${wall} ${monotonic}`)
  }
})

const kept = (n, r) => ({ intent: { n, idem: `i${n}` }, ...(r && { verdict: { n, idem: `i${n}`, r } }) })
const numbers = (intents) => intents.map(({ n }) => n)

test('the queue: what is shown over a view, how far verdicts are stored, which of them are new', () => {
  const all = [
    kept(-1, 'rejected'),
    kept(0, 'accepted'),
    kept(3, 'accepted'),
    kept(4, 'rejected'),
    kept(5, 'accepted_changed'),
    kept(6),
    kept(7),
  ]
  assert.deepEqual(numbers(overlay(all, 3)), [5, 6, 7])
  assert.deepEqual(numbers(overlay(all, 9)), [6, 7], 'undecided ones are shown whatever the view says')
  assert.equal(acknowledged({ kept: all, next: 8 }), 5)
  assert.equal(acknowledged({ kept: all.slice(0, 5), next: 6 }), 5)
  assert.equal(acknowledged({ kept: [], next: 1 }), 0)
  const verdicts = [4, 6, 7].map((n) => ({ n, idem: n === 7 ? 'of another device' : `i${n}`, r: 'accepted' }))
  assert.deepEqual(numbers(news(all, verdicts)), [6])
})

test('the queue: only plainly accepted intents are ever forgotten, the oldest first', () => {
  const all = Array.from({ length: 250 }, (_, i) => kept(i + 1, i % 2 ? 'rejected' : 'accepted'))
  assert.deepEqual(
    forgettable(all, 250).map(({ n }) => n),
    Array.from({ length: 25 }, (_, i) => 2 * i + 1),
  )
  assert.deepEqual(forgettable(all, 100), [], 'those the view does not contain yet are still shown')
})

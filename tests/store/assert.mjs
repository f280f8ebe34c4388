// The few assertions of the store suite. No imports: the suite also runs inside a page.

export function ok(value, about) {
  if (!value) throw new Error(`expected: ${about}`)
}

export function equal(actual, expected, about = 'value') {
  if (!Object.is(actual, expected)) throw new Error(`${about}: expected ${show(expected)}, got ${show(actual)}`)
}

/** Equal as JSON; the order of object keys does not count, the order of lists does. */
export function same(actual, expected, about = 'value') {
  const [a, b] = [canonical(actual), canonical(expected)]
  if (a !== b) throw new Error(`${about}: expected ${b.slice(0, 600)}, got ${a.slice(0, 600)}`)
}

/** Resolves with the StoreError that `work` (a promise, or a function that makes one) rejects with. */
export async function refuses(code, work, about = 'call') {
  let error
  try {
    await (typeof work === 'function' ? work() : work)
  } catch (thrown) {
    error = thrown
  }
  if (!error) throw new Error(`${about}: expected StoreError \`${code}\`, but nothing was thrown`)
  if (error.name !== 'StoreError' || error.code !== code)
    throw new Error(`${about}: expected StoreError \`${code}\`, got ${error.stack}`)
  return error
}

export function canonical(value) {
  return JSON.stringify(value, (_key, inner) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner
    return Object.fromEntries(
      Object.keys(inner)
        .sort()
        .map((key) => [key, inner[key]]),
    )
  })
}

/** Waits until `test` holds. The deadline only ends a test that would hang; nothing asserts a time. */
export async function until(test, about) {
  for (let i = 0; i < 500; i++) {
    if (await test()) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`never came true: ${about}`)
}

/** Mulberry32: the same numbers for the same seed, on every runtime. */
export function random(seed) {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  return { below: (n) => Math.floor(next() * n), pick: (list) => list[Math.floor(next() * list.length)] }
}

function show(value) {
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}

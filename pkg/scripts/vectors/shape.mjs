// Reading rows strictly: what is not known here is not understood, never passed over.

/** A row, kind or file this runner has no reading for. */
export class NotUnderstood extends Error {}

/** An object that holds no other keys than these. */
export function only(value, keys, where) {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new NotUnderstood(`${where}: no object`)
  const unknown = Object.keys(value).filter((key) => !keys.includes(key))
  if (unknown.length > 0) throw new NotUnderstood(`${where}: unknown key \`${unknown.join('`, `')}\``)
  return value
}

/** The entry of a set of named things. */
export function named(set, name, where) {
  if (set === undefined || !Object.hasOwn(set, name)) throw new NotUnderstood(`${where}: no \`${name}\``)
  return set[name]
}

export function list(value, where) {
  if (!Array.isArray(value)) throw new NotUnderstood(`${where}: no list`)
  return value
}

/** Exactly these keys of what is expected are compared; an expectation of nothing is not understood. */
export function expects(row, keys) {
  const expected = only(row.expected, keys, 'expected')
  if (Object.keys(expected).length === 0) throw new NotUnderstood('expected: empty')
  return expected
}

/** One comparison. */
export function cell(name, expected, given) {
  return { cell: name, expected, given }
}

/** The same value, whatever the order of keys. */
export function same(one, other) {
  return canonical(one) === canonical(other)
}

export function canonical(value) {
  return JSON.stringify(value, (_, part) => {
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

export const sorted = (values) => [...values].sort()

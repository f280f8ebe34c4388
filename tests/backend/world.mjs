// Random documents and random queries of access lists, made of what goes wrong: lists in lists, nothing where something is
// expected, numbers and truths written as text, letters beyond the first plane, marks upon letters, quotes and signs of every
// language a condition is put into.

import { random } from '../store/assert.mjs'

export const types = {
  n: 'integer',
  x: 'number',
  t: 'text',
  f: 'boolean',
  d: 'date',
  'a.n': 'integer',
  'l.n': 'integer',
  'l.t': 'text',
  'l.d': 'date',
}

const words = [
  'cs',
  'CS',
  '5',
  '05',
  '-5',
  '-05',
  '5.5',
  '5.50',
  '0.5',
  'true',
  'false',
  '',
  "o'brien",
  'a"b',
  'back\\slash',
  '$.x',
  '%',
  '_',
  '*',
  '[a]',
  '?',
  'two words',
  'Hello, WORLD!',
  'Žluťoučký KŮŇ',
  'kůň',
  'zluty kun',
  'İstanbul',
  'istanbul',
  'ΣΊΣΥΦΟΣ',
  'σίσυφος',
  'cafe\u0301',
  'café',
  '\u{1f600} smile',
  '\u{1d538}bc',
  '\u{10ffff}',
  'line\nbreak\u007f',
  'https://example.org/terms/v1#other',
]
const written = ['1e3', '5.', '.5', '+5', ' 5', '5 ', '1234567890123456', '999999999999999', '٣', 'NaN', '0x10']
const dates = [
  '2027-01-01',
  '2027-02-29',
  '2028-02-29',
  '2027-01-01T12:00:00Z',
  '2027-01-01t12:00:00.25+01:00',
  '2026-12-31 23:59:60z',
  '1969-12-31T23:59:59.9999Z',
  '0000-01-01',
  '0000-03-01T00:00:00Z',
  '9999-12-31',
  '2027-01-01T24:00:00Z',
  '2027-01-01T12:00',
  '2027-1-1',
  '2027-01-01T12:00:00.1234567890123Z',
  '2027-01-01T12:00:00+01:00Z',
  '2027',
]
const numbers = [
  0,
  1,
  5,
  -5,
  5.5,
  0.5,
  -0.001,
  1e-7,
  0.1,
  0.1 + 0.2,
  1 / 3,
  123456789.25,
  9007199254740991,
  1798761600000,
  86400000,
  1e21,
]
const strange = ['a\u0000b', '5\u0000', '2027-01-01\u0000', 'kun\u0000kůň', '\u0000']

/** Keys of the documents, with what a path or a statement might be broken by; a query names them with dots between. */
export const odd = ["q'u", 'k$[*]', 'né\u{1f600}', 'b"x', 'c\\d', '-- ;']
const paths = [
  'a',
  'a',
  'a.b',
  'a.n',
  'n',
  'x',
  't',
  'f',
  'd',
  'l.a',
  'l.n',
  'l.t',
  'l.d',
  'l.m.a',
  'l',
  'none',
  ...odd,
]

/** `tidy` documents are such as an index with a mapping takes: no object where a value is expected, no zero in a text. */
export function backendWorld(seed, { tidy = false, zeros = false } = {}) {
  const { below, pick } = random(seed)
  const all = [...words, ...(zeros ? strange : [])]
  const scalar = () => {
    const kind = below(12)
    if (kind < 5) return pick(all)
    if (kind < 7) return pick(numbers)
    if (kind === 7) return pick([true, false])
    if (kind === 8) return null
    return kind < 11 ? pick(dates) : pick(written)
  }
  const fitting = (path) => {
    const type = types[path]
    if (type === undefined || below(4) === 0) return scalar()
    if (type === 'text') return `${pick(all)}${pick([' ', ', ', '-'])}${pick(all)}`
    if (type === 'boolean') return pick([true, false, 'true', 'false', 'yes', 1])
    if (type === 'date') return pick([...dates, 1798761600000, 0, -1.5])
    return pick([...numbers, '5', '-5', '05', '5.5', '0.5', ...written])
  }
  const object = () => pick([{}, { b: scalar() }, { b: [null], n: 5 }, { z: { y: null } }])
  const value = (path) => {
    const kind = below(10)
    if (kind < 5) return fitting(path)
    if (kind < 8) return Array.from({ length: below(4) }, () => fitting(path))
    if (kind === 8) return [[fitting(path), [fitting(path)]], null]
    return tidy ? fitting(path) : object()
  }
  const maybe = (make) => (below(3) > 0 ? make() : undefined)
  const inner = () => ({ b: maybe(() => value('a.b')), n: maybe(() => value('a.n')) })
  const element = () => ({
    a: maybe(() => value('l.a')),
    n: maybe(() => value('l.n')),
    t: maybe(() => value('l.t')),
    d: maybe(() => value('l.d')),
    m: maybe(() => pick([{ a: scalar() }, [{ a: scalar() }, { a: scalar() }]])),
  })
  const elements = () => {
    const list = Array.from({ length: below(4) }, element)
    return pick(tidy ? [list, [list], element()] : [list, [list, [element()]], element(), [...list, 'text', null, 5]])
  }
  const document = () => {
    const found = {
      n: maybe(() => value('n')),
      x: maybe(() => value('x')),
      t: maybe(() => value('t')),
      f: maybe(() => value('f')),
      d: maybe(() => value('d')),
      l: maybe(elements),
      a: maybe(
        tidy ? () => pick([inner(), [inner(), inner()]]) : () => pick([value('a'), inner(), [inner(), [inner()], 5]]),
      ),
    }
    for (const key of odd) if (below(4) === 0) found[key] = value(key)
    return JSON.parse(JSON.stringify(found))
  }
  const ids = ["r'1", 'r"2', 'r\\3', 'r%', 'ř\u{1f600}', '']
  const records = (count) =>
    Array.from({ length: count }, (_, i) => ({
      id: i < ids.length ? ids[i] || 'empty' : `r${i}`,
      document: document(),
    }))

  const field = (inside) => {
    if (inside === undefined) return pick(tidy ? paths.filter((path) => path !== 'a') : paths)
    const below = paths.filter((path) => path.startsWith(`${inside}.`))
    return pick(below.length > 0 ? below : [`${inside}.a`])
  }
  const wanted = (path) => {
    const type = types[path]
    if (type === 'boolean') return pick([true, false, 'true', 'false'])
    if (type === 'date') return pick([...dates, 1798761600000, 0])
    if (type === 'integer') return pick([0, 5, -5, '5', '-05', 9007199254740991, 86400000])
    if (type === 'number') return pick([...numbers, '5.50', '0.5', 5])
    return pick([...all, ...dates, ...written, ...numbers, true])
  }
  const leaf = (inside) => {
    const path = field(inside)
    switch (below(9)) {
      case 0:
      case 1:
        return { term: { [path]: wanted(path) } }
      case 2:
        return { terms: { [path]: Array.from({ length: below(4) }, () => wanted(path)) } }
      case 3:
        return { match: { [path]: types[path] === 'text' ? pick([pick(words), 'kůň svět', 'WORLD 5']) : wanted(path) } }
      case 4:
      case 5: {
        const ends = [
          { gt: wanted(path) },
          { gte: wanted(path) },
          { lt: wanted(path), gte: wanted(path) },
          { lte: wanted(path) },
        ]
        return { range: { [path]: pick(ends) } }
      }
      case 6:
        return { exists: { field: path } }
      case 7:
        return { prefix: { [path]: pick([...all.map((word) => word.slice(0, 2)), '5', '-', '0.', '20', 't']) } }
      default:
        return inside === undefined ? { ids: { values: [pick(ids) || 'empty', `r${below(60)}`] } } : leaf(inside)
    }
  }
  const query = (depth = 3, inside = undefined) => {
    const kind = depth === 0 ? 9 : below(10)
    if (kind === 0) return { match_all: {} }
    if (kind === 1 && inside === undefined) return { nested: { path: 'l', query: query(depth - 1, 'l') } }
    if (kind === 1 && inside === 'l') return { nested: { path: 'l.m', query: query(depth - 1, 'l.m') } }
    if (kind > 5) return leaf(inside)
    const parts = (most) => Array.from({ length: below(most + 1) }, () => query(depth - 1, inside))
    return { bool: { must: parts(2), filter: parts(1), should: parts(2), must_not: parts(1) } }
  }
  return { records, query }
}

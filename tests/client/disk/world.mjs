// Small inventions for the suite: intents, verdicts, entries, keys. No imports: the suite also runs inside a page.

export const KEYS = { dusk: key(1), dawn: key(2) }
export const OTHER = key(3)

/** Base64 of 256 bits. */
export function key(seed) {
  return btoa(String.fromCharCode(...Array.from({ length: 32 }, (_, i) => (seed * 91 + i * 7) % 256)))
}

export const intent = (n, more = {}) => ({
  n,
  idem: `idem-${n}`,
  actor: '7',
  action: 'update',
  target: { relation: 'record', id: `r${n}` },
  args: { set: [{ path: 'title', value: `own words ${n}` }] },
  base: null,
  predicted: 'allow',
  causes: [],
  made: { wall: 1000 + n },
  ...more,
})

export const verdict = (n, r = 'accepted', more = {}) => ({
  n,
  idem: `idem-${n}`,
  at: 'token',
  r,
  sameBase: true,
  ...(r === 'rejected' && { code: 'denied', message: 'no' }),
  ...more,
})

export const meta = (more = {}) => ({
  token: 'token-1',
  lastN: 0,
  closed: [{ relation: 'record' }],
  leases: [],
  subs: ['everywhere'],
  bundle: 'hash-1',
  pulled: { server: 10, wall: 20 },
  ...more,
})

/** A record with a text that occurs nowhere else: `text` is to be looked for in stored bytes. */
export const entry = (id, text = `text of ${id}`, more = {}) => ({
  k: { relation: 'record', id },
  v: { metadata: { title: text }, owners: [7] },
  ...more,
})

export const put = (entry) => ({ op: 'put', ...entry })
export const del = (id) => ({ op: 'del', k: { relation: 'record', id } })

/** All that is stored as one text: strings as they are, bytes as if they were text, keys of rows too. */
export function storedText(rows) {
  const parts = []
  const walk = (value) => {
    if (value instanceof Uint8Array) parts.push(new TextDecoder('latin1').decode(value))
    else if (typeof value === 'object' && value !== null)
      for (const [name, inner] of Object.entries(value)) {
        parts.push(name)
        walk(inner)
      }
    else parts.push(String(value))
  }
  rows.forEach(walk)
  return parts.join('\n')
}

/** The entries of a loaded view, as an engine takes them: of two with one key the later one stands. */
export function entriesOf({ lists }) {
  const entries = lists.flatMap((list) => JSON.parse(new TextDecoder().decode(list)))
  return [...new Map(entries.map((entry) => [JSON.stringify(entry.k), entry])).values()]
}

export const byId = (entries) => [...entries].sort((a, b) => (a.k.id < b.k.id ? -1 : 1))

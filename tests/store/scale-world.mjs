// Records as a large repository has them, and the lists its people open. The shares are the same at every size, and each
// list fills a page at the smallest, so what it costs may depend on its page and not on how much there is.

const COMMUNITIES = 200
const USERS = 80
const WORDS = [
  'water',
  'soil',
  'plasma',
  'archive',
  'survey',
  'genome',
  'glacier',
  'corpus',
  'sensor',
  'orbit',
  'enzyme',
  'fossil',
]

export const community = (i) => `community-${i % COMMUNITIES}`

/** A record as the demo's policy reads it. Every 500th has a word of its own. */
export function documentOf(i) {
  const spread = (i * 2654435761) >>> 0
  return {
    communities: { primary: community(spread), secondary: spread % 5 === 0 ? [community(spread + 7)] : [] },
    owners: [String(spread % USERS)],
    state: ['published', 'published', 'published', 'draft', 'pending'][(spread >>> 8) % 5],
    metadata: {
      title: `Record ${i} of the ${WORDS[spread % 12]} ${WORDS[(spread >>> 4) % 12]}`,
      note: i % 500 === 0 ? `singular${i % 5000}` : 'plain',
    },
  }
}

const isIn = (of, ids) => ({ op: 'community', of, in: ids, unknown: [], rest: 'deny' })
const all = (...of) => ({ op: 'all', of })
const any = (...of) => ({ op: 'any', of })
const published = { op: 'state', in: ['published'] }
const mine = { op: 'owner', user: '42' }
const ten = Array.from({ length: 10 }, (_, i) => community(i * 3))

/** What a curator of ten communities may read: what is published, what is theirs, what is in their communities. */
const curator = any(published, mine, isIn('any', ten))

export const lists = {
  'everything by id': { where: { op: 'always' } },
  'newest first': { where: { op: 'always' }, order: '-updated' },
  'published, newest first': { where: published, order: '-updated' },
  'what a curator may read': { where: curator },
  'what a curator may read, newest first': { where: curator, order: '-updated' },
  'my own': { where: mine, order: '-updated' },
  'my own drafts': { where: all(mine, { op: 'state', in: ['draft'] }) },
  'one community, as a curator': { where: curator, community: community(3), order: '-updated' },
  'pending in ten communities': { where: all(isIn('primary', ten), { op: 'state', in: ['pending'] }) },
  'in a community and nowhere else': { where: isIn('every', [community(5), community(12)]) },
  'a common word': { where: published, q: 'water' },
  'two common words in one community': { where: curator, community: community(3), q: 'water soil' },
  counted: { where: published, total: true },
}

/** The lists, each with its first page and one further on; `list` runs a query. */
export async function* pagesOf(list, size) {
  for (const [name, query] of Object.entries(lists)) {
    yield { name, query: { ...query, limit: 20 } }
    const { next } = await list({ ...query, total: false, limit: Math.min(5000, size >> 5) })
    if (next) yield { name: `${name}, further on`, query: { ...query, limit: 20, after: next } }
  }
}

/** Grows a store from `from` to `to` records. */
export async function grow(store, from, to) {
  for (let start = from; start < to; start += 5000) {
    const count = Math.min(5000, to - start)
    const changes = Array.from({ length: count }, (_, i) => ({
      op: 'put',
      key: { relation: 'record', id: `r${start + i}` },
      value: documentOf(start + i),
    }))
    await store.commit(changes, await store.revision())
  }
}

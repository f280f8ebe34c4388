// The real handler over a store in memory, reached through a `fetch` that can be cut for each user.

import { createHandler } from 'lictor/server'
import { openMemoryStore } from 'lictor/store'
import { documentIn, engine } from './open.mjs'

const FACTS = {
  users: { 4: { roles: [] }, 7: { roles: [] }, 9: { roles: [] } },
  communities: {
    c: {
      title: 'Library',
      grants: {
        any: [],
        author: ['read', 'update'],
        member: ['create', 'read'],
        curator: ['read', 'create', 'update', 'request-approval'],
      },
    },
    secret: {
      title: 'Secret',
      access: { visibility: 'restricted' },
      grants: { any: [], author: [], curator: ['read', 'update'] },
    },
  },
  memberships: [
    { community: 'c', user: '4', role: ['curator'] },
    { community: 'secret', user: '4', role: ['curator'] },
    { community: 'c', user: '9', role: ['member'] },
  ],
  records: { r1: documentIn('c', { title: 'first' }), s1: documentIn('secret', { title: 'hidden words' }) },
}

export async function createServerWith(sync = {}) {
  const store = await openMemoryStore(FACTS, { columns: engine })
  const faults = []
  const authenticate = (request) => ({ type: 'user', id: request.headers.get('user') })
  const handler = createHandler({ engine, store, authenticate, sync, onError: (error) => faults.push(error) })
  const cut = new Set()
  const requests = new Map()
  return {
    cut: (user) => cut.add(user),
    mend: (user) => cut.delete(user),
    requests: (user) => requests.get(user) ?? [],
    mismatches: () => handler.mismatches(),
    /** What a device of this user speaks to. */
    of: (user) => ({
      fetch: async (url, { signal, ...init }) => {
        signal?.throwIfAborted()
        if (cut.has(user)) throw new TypeError('fetch failed')
        const path = url.replace('http://server/sync/', '')
        requests.set(user, [...(requests.get(user) ?? []), init.method === 'DELETE' ? `DELETE ${path}` : path])
        return handler(new Request(url, { ...init, signal, headers: { ...init.headers, user } }))
      },
    }),
    record: async (id) => (await store.facts([{ relation: 'record', id }])).records[id],
    titles: async () => Object.values((await store.all()).records).map(({ title }) => title),
    change: async (change) => store.commit([change], await store.revision()),
    ask: async (user, id) => {
      const subject = { type: 'user', id: user }
      const answers = engine.actions({ subject, resource: { type: 'record', id } }, await store.all())
      return Object.fromEntries(Object.entries(answers).map(([action, { decision }]) => [action, decision]))
    },
    close: async () => {
      await handler.close()
      await store.close()
      if (faults.length > 0) throw faults[0]
    },
  }
}

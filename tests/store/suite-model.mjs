// Random histories against a naive model: a list that is filtered. Shares nothing with the indexes of the stores.

import { canonical, equal, random, same } from './assert.mjs'

const find = (relation, where) => ({ relation, where })

export const model = [
  {
    name: 'random histories answer as a naive model does',
    async run({ open, another, log }) {
      const { below, pick } = random(20260417)
      const store = await open()
      const reader = await another(store)
      const model = new Map()
      let asked = 0
      for (let round = 0; round < 60; round++) {
        const changes = Array.from({ length: below(12) }, () => {
          const [id, community, user] = [pick(['a', 'b', 'a/b', 'ž']), pick(['c', 'c/', 'd']), pick(['1', '2', '3'])]
          const relation = pick(['record', 'community', 'user', 'membership', 'access'])
          const key = relation === 'membership' ? { relation, community, user } : { relation, id }
          const value = { membership: { role: pick(['x', 'y']) }, access: { action: pick(['p', 'q']), user } }[
            relation
          ] ?? { v: below(99) }
          return below(3) ? { op: 'put', key, value } : { op: 'del', key }
        })
        await store.commit(changes, await store.revision())
        for (const { op, key, value } of changes) {
          if (op === 'put') model.set(canonical(key), { key, value })
          else model.delete(canonical(key))
        }
        equal(await reader.revision(), await store.revision(), 'the second handle is current')
        asked += await compare(round % 2 ? store : reader, [...model.values()])
      }
      log(`${asked} answers compared with the model`)
    },
  },
]
async function compare(store, rows) {
  const sorted = (list) => list.map(canonical).sort()
  const of = (relation) => rows.filter(({ key }) => key.relation === relation)
  let asked = 0
  for (const where of [
    {},
    ...['c', 'c/', 'd'].flatMap((community) => [{ community }, { community, user: '2' }]),
    { user: '1' },
    { user: '3' },
  ]) {
    const { memberships } = await store.facts([find('membership', where)])
    const fits = ({ key }) =>
      (where.community ?? key.community) === key.community && (where.user ?? key.user) === key.user
    const expected = of('membership')
      .filter(fits)
      .map(({ key, value }) => ({ community: key.community, user: key.user, ...value }))
    same(sorted(memberships), sorted(expected), canonical(where))
    asked += 1
  }
  for (const action of ['p', 'q']) {
    const { access } = await store.facts([find('access', { action })])
    same(
      sorted(access),
      sorted(
        of('access')
          .map(({ value }) => value)
          .filter((row) => row.action === action),
      ),
      action,
    )
    asked += 1
  }
  for (const [relation, section] of [
    ['record', 'records'],
    ['community', 'communities'],
    ['user', 'users'],
  ]) {
    const given = await store.facts(['a', 'b', 'a/b', 'ž'].map((id) => ({ relation, id })))
    same(given[section], Object.fromEntries(of(relation).map(({ key, value }) => [key.id, value])), relation)
    asked += 1
  }
  return asked
}

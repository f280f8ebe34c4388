// What a store answers: facts with certificates, pages in key order, odd ids, and nothing that is not stored.

import { canonical, equal, ok, refuses, same } from './assert.mjs'
import { put, record } from './suite-commit.mjs'

const odd = [
  'a/b',
  'a%2Fb',
  '%',
  '%25',
  '//',
  ' ',
  '\t',
  'line\nfeed',
  '"quoted"',
  "it's",
  'Žluťoučký kůň',
  '日本語',
  '😀',
  '\u{10FFFF}',
  '\uFFFD',
  '\u0000',
  '__proto__',
  'constructor',
  'toString',
  '0',
  '-1',
  '1e3',
  'null',
  'x'.repeat(512),
  '[object Object]',
  '\uFEFFbom',
]
const world = {
  users: { 4: { roles: ['admin'], email: 'x@example.org' }, 7: {} },
  communities: { cesnet: { title: 'CESNET', grants: { curator: ['read'] } }, open: {} },
  memberships: [
    { community: 'cesnet', user: 4, role: 'curator', visible: true },
    { community: 'cesnet', user: '7', role: ['reader', 'owner'] },
    { community: 'open', user: 4, role: 'reader' },
  ],
  access: [
    { action: 'read', user: 4 },
    { action: 'read', argument: 'r1', exclude: true, role: 'banned' },
    { action: 'edit', system_role: 'any_user' },
  ],
  acls: { 'list/1': { name: 'Readers', operation: 'read', actors: [] } },
  records: { r1: { title: 'one' }, r2: { title: 'two' } },
}
const find = (relation, where) => ({ relation, where })

export const facts = [
  {
    name: 'records, communities, users: the entity if it is there, and a certificate either way',
    async run({ open }) {
      const store = await open(world)
      const all = { record: 'records', community: 'communities', user: 'users' }
      for (const [relation, id, gone] of [
        ['record', 'r1', 'r9'],
        ['community', 'cesnet', 'toString'],
        ['user', '4', '__proto__'],
      ]) {
        const { revision, complete, ...rest } = await store.facts([
          { relation, id },
          { relation, id: gone, field: 'title' },
          { relation, id },
        ])
        equal(revision, await store.revision())
        same(rest, { [all[relation]]: { [id]: world[all[relation]][id] } }, `facts of ${relation}`)
        same(
          complete,
          [
            { relation, where: { id } },
            { relation, where: { id: gone } },
          ],
          'certificates',
        )
      }
      const { users, complete } = await store.facts([{ relation: 'user', id: 7 }])
      same([users, complete], [{ 7: {} }, [find('user', { id: '7' })]], '7 and "7" are the same user')
    },
  },
  {
    name: 'memberships by community, by user, by both, by neither',
    async run({ open }) {
      const store = await open(world)
      const [a, b, c] = world.memberships.map((row) => ({ ...row, user: String(row.user) }))
      const table = [
        [{}, [a, b, c]],
        [{ community: 'cesnet' }, [a, b]],
        [{ user: '4' }, [a, c]],
        [{ user: 4 }, [a, c]],
        [{ community: 'cesnet', user: '7' }, [b]],
        [{ community: 'open', user: '7' }, []],
        [{ community: 'none' }, []],
        [{ user: '' + 99 }, []],
      ]
      for (const [where, rows] of table) {
        const given = await store.facts([find('membership', where)])
        const certified = 'user' in where ? { ...where, user: String(where.user) } : where
        same(
          { ...given, revision: 0 },
          { revision: 0, memberships: rows, complete: [find('membership', certified)] },
          canonical(where),
        )
      }
      const both = await store.facts([find('membership', { user: '4' }), find('membership', { community: 'cesnet' })])
      same(both.memberships, [a, b, c], 'a row found twice is given once')
    },
  },
  {
    name: 'access rows by action or all',
    async run({ open }) {
      const store = await open(world)
      const rows = async (where) => {
        const { access, complete } = await store.facts([find('access', where)])
        same(complete, [find('access', where)])
        return access.map(canonical).sort()
      }
      const sorted = (...picked) => picked.map((i) => canonical(world.access[i])).sort()
      same(await rows({}), sorted(0, 1, 2))
      same(await rows({ action: 'read' }), sorted(0, 1))
      same(await rows({ action: 'none' }), [])
    },
  },
  {
    name: 'access lists: one by its id, or all of them',
    async run({ open }) {
      const store = await open(world)
      const asked = async (...keys) => {
        const { revision: _, ...given } = await store.facts(keys)
        return given
      }
      const all = { relation: 'acl' }
      same(await asked(all), { acls: world.acls, complete: [all] })
      const one = { relation: 'acl', id: 'list/1' }
      same((await asked(one)).acls, world.acls)
      const none = { relation: 'acl', id: 'none' }
      same((await asked(none)).acls ?? {}, {})
      await store.commit([{ op: 'del', key: one }], await store.revision())
      same(await asked(all), { acls: {}, complete: [all] })
    },
  },
  {
    name: 'nothing wanted: nothing given, nothing certified',
    async run({ open }) {
      const store = await open(world)
      same(await store.facts([]), { revision: await store.revision(), complete: [] })
    },
  },
  {
    name: 'everything, certified complete, makes an equal store',
    async run({ open }) {
      const first = await (await open(world)).all()
      const again = await (await open(first)).all()
      equal(first.complete, true)
      ok(first.revision !== again.revision, 'another store has other revisions')
      same({ ...again, revision: 0 }, { ...first, revision: 0 })
      same(await (await open()).all().then(({ revision, ...rest }) => rest), {
        users: {},
        communities: {},
        memberships: [],
        access: [],
        acls: {},
        records: {},
        complete: true,
      })
    },
  },
  {
    name: 'an answer is a copy: changing it, or what was put, changes nothing',
    async run({ open }) {
      const store = await open()
      const value = { tags: ['a'] }
      await store.commit([put('r1', value)], await store.revision())
      value.tags.push('b')
      const given = await store.facts([record('r1')])
      given.records.r1.tags.push('c')
      ;(await store.scan('record'))[0].value.tags.push('d')
      ;(await store.all()).records.r1.tags.push('e')
      same((await store.all()).records, { r1: { tags: ['a'] } })
    },
  },
  {
    name: 'odd ids are safe everywhere, also after reopening',
    async run({ open, reopen }) {
      let store = await open()
      const changes = odd.flatMap((id) => [
        put(id, { id }),
        { op: 'put', key: { relation: 'community', id }, value: { title: id } },
        { op: 'put', key: { relation: 'user', id }, value: { roles: [id] } },
        { op: 'put', key: { relation: 'membership', community: id, user: id }, value: { role: id } },
        { op: 'put', key: { relation: 'access', id }, value: { action: id, role: id } },
      ])
      await store.commit(changes, await store.revision())
      if (reopen) store = await reopen(store)
      for (const id of odd) {
        const { records, communities, users, memberships, access } = await store.facts([
          record(id),
          { relation: 'community', id },
          { relation: 'user', id },
          find('membership', { community: id, user: id }),
          find('access', { action: id }),
        ])
        ok(
          Object.keys(records).length === 1 && Object.hasOwn(records, id),
          `record ${JSON.stringify(id)} under its own id`,
        )
        same([records[id], communities[id], users[id]], [{ id }, { title: id }, { roles: [id] }], JSON.stringify(id))
        same(
          [memberships, access],
          [[{ community: id, user: id, role: id }], [{ action: id, role: id }]],
          JSON.stringify(id),
        )
      }
      const all = await store.all()
      same(Object.keys(all.records).sort(), [...odd].sort(), 'all ids')
      equal(all.memberships.length, odd.length)
      const keys = (await store.scan('membership')).map(({ key }) => key)
      ok(
        keys.every((key) => /^membership\/[^/]+\/[^/]+$/.test(key)),
        'a key has its parts and no more',
      )
    },
  },
  {
    name: 'scanning gives pages in key order, also across commits',
    async run({ open }) {
      const store = await open()
      const ids = [...Array.from({ length: 57 }, (_, i) => `r${i}`), ...odd]
      await store.commit(
        ids.map((id) => put(id, { id })),
        await store.revision(),
      )
      const walk = async (limit) => {
        const found = []
        for (let after; ;) {
          const page = await store.scan('record', { limit, ...(after && { after }) })
          found.push(...page)
          if (page.length < limit) return found
          after = page.at(-1).key
        }
      }
      const whole = await store.scan('record')
      equal(whole.length, ids.length)
      same(
        whole.map(({ key }) => key),
        whole.map(({ key }) => key).sort(),
        'order',
      )
      ok(
        whole.every(({ key }) => /^[\x21-\x7e]+$/.test(key)),
        'keys are ASCII',
      )
      for (const limit of [1, 7, 1000]) same(await walk(limit), whole, `pages of ${limit}`)
      await store.commit([put('r30a', {}), { op: 'del', key: record('r31') }], await store.revision())
      const next = (await store.scan('record', { after: 'record/r30', limit: 2 })).map(({ key }) => key)
      same(next, ['record/r30a', 'record/r32'])
      same(await store.scan('record', { after: 'record/~~' }), [], 'after the end')
      same(await store.scan('user'), [], 'no neighbours from other relations')
      for (const options of [{ limit: 0 }, { limit: 1.5 }, { limit: '3' }, { after: 7 }])
        await refuses('invalid', store.scan('record', options), canonical(options))
      await refuses('invalid', store.scan('request'))
    },
  },
]

// Random policies whose rules ask for access lists, random lists, and records in which pointers lead to all sorts of things.

import { random } from '../store/assert.mjs'
import { backendWorld, types } from './world.mjs'

export const subjects = [
  { type: 'system' },
  { type: 'anonymous' },
  { type: 'user', id: 1, properties: { roles: ['a', 'admin[faculty=law]', 'admin[faculty=5]'] } },
  { type: 'user', id: 2, properties: { roles: [] } },
  { type: 'user', id: '5', properties: { roles: ["o'brien", 'žluť'], system_roles: ['campus_user'] } },
  { type: 'user', id: 'žluť', properties: { roles: ['5', 'true', '5.5'] } },
  { type: 'user', id: 9, properties: { roles: ['a'] } },
]

const OPERATIONS = ['get', 'get', 'read', 'update', 'print']
const OLD = 'records/record-v1.0.0.json'
const POINTERS = [
  '/creator',
  '/creator',
  '/who/user',
  '/people',
  '/people/0',
  '/people/1/user',
  '/people/00',
  '/people/-1',
  '/a~1b/m~0n',
  "/q'u",
  '/k$[*]',
  '/tags',
  '/none',
]

/** `tidy` documents are such as an index takes, with schemas as text. */
export function aclWorld(seed, { tidy = false } = {}) {
  const { below, pick } = random(seed * 7919)
  const world = backendWorld(seed, { tidy })
  const some = (most, make) => Array.from({ length: below(most + 1) }, make)
  const maybe = (make) => (below(3) > 0 ? make() : undefined)
  const old = seed % 4 === 1
  const schemas = old ? [OLD] : ['record', 'records/record', 'other']

  const rule = (depth) => {
    const kind = depth === 0 ? below(6) : below(10)
    if (kind < 3) return { [pick(['acl', 'acl', 'acl_denied'])]: [pick(OPERATIONS), pick(OPERATIONS)] }
    if (kind === 3) return { state: ['published'] }
    if (kind === 4) return 'owner'
    if (kind === 5) return pick(['authenticated', { need: 'superuser-access' }])
    if (kind === 6) return { not: rule(depth - 1) }
    if (kind === 7) return { if: rule(depth - 1), then: rule(depth - 1), else: rule(depth - 1) }
    return { [pick(['any', 'all'])]: [rule(depth - 1), rule(depth - 1), ...some(1, () => rule(depth - 1))] }
  }
  // Changes are merged into what is there.
  const own = (one) => (typeof one === 'string' ? one : { use: null, with: null, ...one })
  const policy = () => {
    if (old) return { policy: 'explicit-acls-4.5.0', changes: { acls: { fields: types } } }
    const acls = { schemas, fields: types, states: pick([null, ['published']]) }
    const rules = seed % 4 === 2 ? {} : { rules: { read: own(rule(3)), update: own(rule(2)) } }
    return { policy: 'explicit-acls', changes: { acls, reveal: null, deny: null, ...rules } }
  }

  const name = () => pick(['a', 'law', 5, '5', 1, 2, '1', 5.5, true, null, 'žluť', "o'brien", '05', 2 ** 53, -1])
  const person = () => pick([name(), name(), { user: name() }, { user: null, id: 1 }, { user: [1] }, { id: 5 }])
  const place = () => pick([person, () => some(3, person), () => some(3, name), () => [[person()]]])()
  const flat = () => pick([name, () => some(3, name)])()
  const records = (count) =>
    world.records(count).map(({ id, document }) => {
      const found = tidy ? flat : place
      const more = {
        creator: maybe(found),
        who: maybe(() => pick([{ user: found() }, { id: 1 }])),
        people: maybe(() => (tidy ? some(3, name) : pick([some(3, person), { 0: found(), '-1': found() }, found()]))),
        'a/b': maybe(() => ({ 'm~n': found() })),
        tags: maybe(flat),
        faculty: maybe(() => pick(['law', 5, ['law'], [[5]], null])),
        owners: maybe(() => pick([1, '5', [2, 'žluť']])),
        state: maybe(() => pick(['published', 'deleted'])),
        $schema: maybe(() => {
          const said = pick([...schemas, ...schemas.map((schema) => `https://example.org/${schema}`), 'x', `/${OLD}`])
          return tidy ? said : pick([said, said, said, [said], 5, null, { a: said }])
        }),
      }
      return { id, document: JSON.parse(JSON.stringify({ ...document, ...more })) }
    })

  const actor = () => {
    switch (below(7)) {
      case 0:
        return { type: 'user', users: [pick([1, '5', 'žluť']), 2] }
      case 1:
        return { type: 'role', roles: [pick(['a', '5', "o'brien"])] }
      case 2:
        return { type: 'system_role', system_role: pick(['everyone', 'authenticated', 'anonymous', 'campus_user']) }
      case 3:
      case 4:
        return { type: 'record_user', path: pick(POINTERS) }
      case 5:
        return { type: 'record_role', path: pick(POINTERS) }
      default:
        return { type: 'parametrised_role', role: 'admin', parameter: 'faculty', path: '/faculty' }
    }
  }
  const list = () => {
    const type = pick(['id', 'default', 'default', 'query', 'query', 'property_value'])
    const row = () => ({
      name: pick(['tags', 'a.b', 'n', 't']),
      value: pick(['a', '5', 5, 'kůň']),
      match_operation: pick(['term', 'match']),
      bool_operation: pick(['must', 'should', 'must_not', 'filter']),
    })
    return JSON.parse(
      JSON.stringify({
        type,
        operation: pick(OPERATIONS),
        priority: below(4),
        priority_group: below(4) === 0 ? 'second' : undefined,
        effect: below(4) === 0 ? 'deny' : undefined,
        states: below(4) === 0 ? [pick(old ? ['published'] : ['published', 'deleted'])] : undefined,
        schemas: type === 'id' ? undefined : [pick(schemas), pick(schemas)],
        records: type === 'id' ? some(6, () => `r${below(40)}`) : undefined,
        query: type === 'query' ? world.query(2) : undefined,
        property_values: type === 'property_value' ? some(2, row) : undefined,
        actors: some(2, actor),
      }),
    )
  }
  return { policy, records, list }
}

// A conversation of devices with a server in which every kind of message is said, recorded.

import { createEngine } from 'lictor'
import { DAY, NOW, community, edit, onRecord, record, serve, world } from './server.mjs'

const onCommunity = (id) => ({ relation: 'community', id })

/** Lists that speak of dora: in every state, in one, and of records of ben's; as a device is told. */
const LISTS = Object.fromEntries(
  [
    { operation: 'delete' },
    { operation: 'update', states: ['editing'], effect: 'deny' },
    { operation: 'update', states: ['approved', 'published'], query: { term: { title: 'by ben' } } },
    { operation: 'update', states: ['published'], query: { term: { title: 'by ben' } }, effect: 'deny' },
  ].map((list, n) => {
    const type = list.query === undefined ? 'default' : 'query'
    return [`list${n}`, { type, schemas: ['record'], actors: [{ type: 'user', users: ['dora'] }], ...list }]
  }),
)

/** `oarepo`, in which anybody may unpublish a record from one moment until another, and access lists count for two actions. */
async function timed() {
  const plain = await createEngine({ policy: 'oarepo' })
  const [type] = plain.document.types
  const fields = { ...type.fields, opens: 'opens', ends: 'ends' }
  const now = { all: [{ past: 'opens' }, { not: { past: 'ends' } }] }
  const changes = {
    fields: { opens: { kind: 'moment' }, ends: { kind: 'moment' } },
    types: [{ ...type, fields }],
    acls: {},
    rules: {
      unpublish: { use: null, any: [plain.document.rules.unpublish, now] },
      delete: { any: [plain.document.rules.delete, { acl: ['delete'] }] },
      update: { any: null, all: [plain.document.rules.update, { not: { acl_denied: ['update'] } }] },
    },
  }
  return createEngine({ policy: 'oarepo', changes })
}

/** The messages, each with the name of its schema, and the document that has the schemas. */
export async function conversation() {
  const messages = []
  const facts = world()
  facts.acls = LISTS
  facts.access.push({ action: 'read', argument: 'open', user: 'ben' })
  facts.communities.anyone = community('Anyone', 'restricted')
  facts.communities.anyone.grants = { ...facts.communities.anyone.grants, any: ['unpublish'] }
  const within = (opens, ends) =>
    record('closed', 'published', 'ada', { 'oarepo:secondaryCommunities': ['open'], opens, ends })
  facts.records.elsewhere = within(NOW - DAY, NOW + DAY)
  facts.records.over = within(NOW - 2 * DAY, NOW - DAY)
  facts.records.always = within()
  facts.records.there = record('anyone', 'published', 'ada')
  let busy = 0
  const wrap = (store) =>
    new Proxy(store, {
      get(target, name) {
        const value = Reflect.get(target, name)
        if (name !== 'write') return typeof value === 'function' ? value.bind(target) : value
        return async (write) => {
          if (write.changes && busy-- > 0)
            await target.commit(
              [{ op: 'put', key: onRecord('other'), value: record('closed', 'editing', 'ada', { busy }) }],
              await target.revision(),
            )
          return target.write(write)
        }
      },
    })
  const server = await serve({ facts, wrap, engine: await timed() })
  const document = await (await server.handler(new Request('http://localhost/openapi.json'))).json()

  const listen = (on) => async (user, method, path, body, headers) => {
    const answer = await on.call(user, method, path, body, headers)
    const name = { '/pull': 'SyncPull', '/push': 'SyncPush', '/status': 'SyncStatus' }[path.split('?')[0]]
    if (answer.status !== 200 || name === undefined) return answer
    if (name === 'SyncStatus') messages.push({ name, message: answer.json })
    else {
      if (body.v === 1) messages.push({ name: `${name}Request`, message: body })
      messages.push({ name: `${name}Response`, message: answer.json })
    }
    return answer
  }
  const device = (user, id, on = server) => {
    const made = on.device(user, id)
    made.call = listen(on)
    return made
  }

  const ben = device('ben')
  await ben.pull({ have: { bundle: null, schema: 1 } })
  await ben.pull({ v: 0 })
  await ben.pull()
  const dora = device('dora')
  await dora.pull()
  const ada = device('ada')
  ada.subs = ['mine', { community: 'closed' }]
  await ada.pull()
  await device('cleo', 'ben-1').pull()
  await ada.push(
    ada.intent('update', onRecord('secret'), {
      set: [
        { path: ['title'], was: 'by ada', remove: true },
        { path: 'gone', remove: true },
      ],
    }),
    ada.intent('update', onRecord('secret'), { set: [{ path: ['note'], value: [1] }] }),
    ada.intent('create', onRecord('new'), { community: 'open', record: { title: 'new' }, type: 'record' }),
    ada.intent('allow', onCommunity('open'), { role: 'member', actions: ['read'] }, { predicted: 'unknown' }),
    ada.intent('create_community', onCommunity('own'), { title: 'Own', type: 'other', metadata: {} }),
    ada.intent('request-approval', onRecord('draft'), { params: {} }),
    ada.intent('request-changes', onRecord('draft'), {}, { predicted: 'deny' }),
    ada.intent('update', onRecord('draft'), edit('title', 'by ben', 'by ada')),
    ada.intent('approve', { relation: 'membership', community: 'open', user: 'ben' }),
    ada.intent('approve', { relation: 'user', id: 'ben' }),
    ada.intent('approve', { relation: 'access', id: 'row' }),
    ada.intent('approve', { relation: 'acl', id: 'list' }),
  )
  await ben.push(
    ben.intent('update', onRecord('shown'), edit('title', 'by ben', 'x')),
    ben.intent('update', onRecord('nowhere'), edit('title', 'x', 'y')),
    ben.intent('update', onRecord('draft'), edit('title', 'by ben', 'mine')),
    ben.intent('update', onRecord('draft'), edit('note', undefined, 'also')),
    ben.intent('approve', onRecord('draft'), {}, { predicted: 'deny' }),
    ben.intent('publish', onCommunity('open'), {}),
    ben.intent('request-approval', onRecord('draft'), {}, { causes: [1] }),
  )
  const invited = { user: 'dora', request: 'q1' }
  const cleo = device('cleo')
  await cleo.push(
    cleo.intent('create_community', onCommunity('set'), { title: 'Set', settings: { 'access.visibility': 'public' } }),
    cleo.intent('invite', onCommunity('open'), {
      role: 'member',
      members: [invited, { group: 'staff', request: 'q2' }, { email: 'dora@repo.example', request: 'q3' }],
      visible: false,
      message: 'come in',
    }),
    cleo.intent('change_role', onCommunity('open'), { role: ['member', 'curator'], members: [{ user: 7 }] }),
    cleo.intent('set_visibility', onCommunity('open'), { visible: true, members: [invited] }),
    cleo.intent('remove_member', onCommunity('open'), { members: [invited] }),
    cleo.intent('request_membership', onCommunity('open'), { request: 'q4', message: 'let me in' }),
    cleo.intent('delete_community', onCommunity('open'), { reason: 'no more' }),
  )
  const first = { n: 1, idem: 'ben-1:1' }
  await ben.push(ben.intent('request-approval', onRecord('draft'), {}, { n: 99 }))
  await ben.push(ben.intent('request-approval', onRecord('draft'), {}, { ...first, idem: 'another' }))
  await ben.push(ben.intent('request-approval', onRecord('draft'), {}, { actor: 'ada', n: ben.n + 1 }))
  busy = 3
  await ben.push(ben.intent('update', onRecord('draft'), edit('last', undefined, 1)))
  const elsewhere = { ...facts.records.elsewhere, title: 'another' }
  const changes = [
    { op: 'del', key: onRecord('shown') },
    { op: 'put', key: onRecord('elsewhere'), value: elsewhere },
    { op: 'put', key: onRecord('over'), value: { ...facts.records.over, title: 'another' } },
    { op: 'put', key: onRecord('always'), value: { ...facts.records.always, title: 'another' } },
  ]
  await server.store.commit(changes, await server.store.revision())
  await ben.pull()
  await ada.pull()
  await dora.pull()
  await ben.call('ben', 'GET', '/status?device=ben-1')

  const engine = await createEngine({
    policy: 'oarepo',
    changes: { rules: { update: { any: null, state: ['published'] } } },
  })
  const later = device('ben', 'ben-1', await serve({ engine, store: server.store, clock: server.clock }))
  await later.push(
    later.intent('update', onRecord('draft'), edit('title', 'by ada', 'z'), { n: ben.n, base: ben.cookie, idem: 'p' }),
  )
  server.clock.now = NOW + 91 * DAY
  const old = device('ben', 'ben-2')
  await old.push(old.intent('update', onRecord('draft'), edit('title', 'by ada', 'late')))
  return { document, messages, errors: server.errors }
}

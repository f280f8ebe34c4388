// What users do on their devices, and what happens to repositories meanwhile. Each is one small step, drawn by chance.

import { accessRow } from './repository.mjs'

const record = (id) => ({ relation: 'record', id })

/** One thing a user does in a tab. */
export async function use(world, device, tab) {
  const { chance, markers, communities, model } = world
  const { client } = tab
  const known = client.list().ids
  const kind = chance.weighted({
    create: 3,
    update: 6,
    transition: 3,
    community: 0.3,
    grant: 1,
    again: 1,
    hold: 0.3,
    logout: 0.2,
    ...Object.fromEntries(Object.entries(model.more).map(([name, { weight }]) => [name, weight])),
  })
  switch (kind) {
    case 'create': {
      const community = chance.pick(communities)
      const title = markers.make()
      const args = { community, record: model.created(community, title) }
      return device.act(tab, () => client.do({ action: 'create', args }), title)
    }
    case 'update': {
      const id = chance.pick([...known, ...known, 'r0', 'r1'])
      const value = markers.make()
      const set = [{ path: chance.pick(['title', 'title', 'abstract', 'note']), value }]
      return device.act(tab, () => client.do({ action: 'update', target: record(id), args: { set } }), value)
    }
    case 'transition': {
      const target = record(chance.pick([...known, 'r0', 'r2']))
      return device.act(tab, () => client.do({ ...model.transition(chance, world), target }))
    }
    case 'community': {
      const title = markers.make()
      return device.act(tab, () => client.do({ action: 'create_community', args: { title } }), title)
    }
    case 'grant': {
      const target = { relation: 'community', id: chance.pick(communities) }
      const args = { role: chance.pick(model.ROLES), actions: [chance.pick(['read', 'update', 'approve', 'create'])] }
      return device.act(tab, () => client.do({ action: chance.pick(['allow', 'deny']), target, args }))
    }
    case 'again':
      return again(world, device, tab)
    case 'hold':
      device.subs = chance.pick([['everywhere'], ['mine'], [{ community: chance.pick(communities) }]])
      // Tabs tell each other.
      return client.hold(device.subs)
    case 'logout':
      return device.logout(tab).catch((error) => {
        if (error.name !== 'ClientError' && !tab.dead) device.faults.push(error)
      })
    default: {
      const intent = model.more[kind].make(world, client)
      return intent === undefined ? undefined : device.act(tab, () => client.do(intent))
    }
  }
}

/** Does something about a refusal: dismisses it, sends it again, or sends another text in its place. */
async function again(world, device, tab) {
  const { chance, markers } = world
  const refused = tab.client.outbox().filter(({ state }) => state === 'rejected')
  if (refused.length === 0) return
  const { intent } = chance.pick(refused)
  const { n, idem, args } = intent
  const kind = chance.weighted({ dismiss: 1, retry: 1, edit: 2 })
  if (kind === 'dismiss') {
    // It may be decided that it goes though nobody hears of it.
    device.giveUp(idem)
    return tab.client.dismiss(n).catch((error) => {
      if (error.name !== 'ClientError' && !tab.dead) device.faults.push(error)
    })
  }
  if (kind === 'edit' && 'set' in args) {
    const value = markers.make()
    device.giveUp(idem)
    return device.act(tab, () => tab.client.retry(n, { set: args.set.map(({ path }) => ({ path, value })) }), value)
  }
  device.giveUp(idem)
  return device.act(tab, () => tab.client.retry(n), device.saved.get(idem)?.marker)
}

/** Something that others do to the repository, behind every device's back. */
export async function meddle(world) {
  const { chance, host, users, communities, model } = world
  const kind = chance.weighted({
    revoke: 5,
    restrict: 3,
    ban: 2,
    join: 4,
    reopen: 2,
    grants: 3,
    row: 2,
    list: 4,
    state: 3,
    move: 2,
  })
  const community = chance.pick(communities)
  const user = chance.pick(users)
  if (['revoke', 'restrict', 'ban'].includes(kind)) world.counts.revocations += 1
  await host.write((facts) => {
    const { memberships, communities: all, access, records } = facts
    const settings = (change) => [
      { op: 'put', key: { relation: 'community', id: community }, value: { ...all[community], ...change } },
    ]
    switch (kind) {
      case 'revoke': {
        if (memberships.length === 0) return []
        const { community, user } = chance.pick(memberships)
        return [{ op: 'del', key: { relation: 'membership', community, user: String(user) } }]
      }
      case 'join':
        return [{ op: 'put', key: { relation: 'membership', community, user }, value: { role: model.roles(chance) } }]
      case 'restrict':
        return settings({ access: { ...all[community].access, visibility: 'restricted' } })
      case 'reopen':
        return settings({ access: { visibility: 'public' } })
      case 'grants':
        return settings({
          grants: {
            ...all[community].grants,
            [chance.pick(model.ROLES)]: chance.some(['read', 'update', 'approve', 'create'], 0.5),
          },
        })
      case 'ban':
      case 'row': {
        if (access.length > 3) return [{ op: 'del', key: accessKey(chance.pick(access)) }]
        const row =
          kind === 'ban' ? { action: 'superuser-access', exclude: true, user } : accessRow(chance, users, communities)
        return [{ op: 'put', key: accessKey(row), value: row }]
      }
      case 'list': {
        const key = { relation: 'acl', id: chance.pick([...Object.keys(facts.acls ?? {}), `list${chance.below(4)}`]) }
        world.counts.lists += 1
        if (chance.hits(0.3)) return [{ op: 'del', key }]
        return [{ op: 'put', key, value: model.accessList(chance, world.markers, users) }]
      }
      default: {
        const [id, value] = chance.pick(Object.entries(records))
        return [{ op: 'put', key: record(id), value: model.changed(value, kind, community, chance) }]
      }
    }
  })
}

/** Somebody else writes a note into one record. */
export function rewrite({ host, markers }, id) {
  const note = markers.make()
  return host.write(({ records }) =>
    records[id] === undefined ? [] : [{ op: 'put', key: record(id), value: { ...records[id], note } }],
  )
}

/** The id that stores give a row: what it says. */
function accessKey({ action, argument, exclude, user, role }) {
  const who = role === undefined ? ['user', String(user)] : ['role', role]
  return { relation: 'access', id: JSON.stringify([exclude ? 'deny' : 'allow', action, argument ?? null, ...who]) }
}

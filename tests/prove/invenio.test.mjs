// The promise of prediction under the presets of upstream Invenio, over random worlds: what a device says of its view the server does
// not contradict, and on what the device is shown little is unknown.
import assert from 'node:assert/strict'
import test from 'node:test'
import { createEngine } from 'lictor'

const WORLDS = Number(process.env.LICTOR_PROVE_INVENIO ?? 10)
const NOW = Date.UTC(2026, 10, 22)
const USERS = ['1', '2', '3', '4', '5', '6', '7', '8']
const COMMUNITIES = ['a', 'b', 'h', 'g']
const ROLES = ['reader', 'curator', 'manager', 'owner']
const STATES = ['created', 'submitted', 'accepted', 'declined', 'cancelled', 'expired', 'deleted']

function chance(seed) {
  let state = (seed * 2_654_435_761) >>> 0
  const below = (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
  const pick = (list) => list[below(list.length)]
  const some = (list, one = 2) => list.filter(() => below(one) === 0)
  return { below, pick, some, perhaps: (value, one = 2) => (below(one) === 0 ? value() : {}) }
}

function grantsIn({ below, pick }) {
  return Array.from({ length: below(3) }, () => ({
    subject: pick([
      { type: 'user', id: Number(pick(USERS)) },
      { type: 'role', id: 'lab' },
      { type: 'system_role', id: 'authenticated_user' },
    ]),
    permission: pick(['view', 'preview', 'edit', 'manage', 'custom']),
  }))
}

function recordIn(random) {
  const { below, pick, some, perhaps } = random
  const ids = some(COMMUNITIES, 3)
  const level = () => pick(['public', 'restricted'])
  const links = Array.from({ length: below(2) }, (_, i) => ({
    id: `l${i}`,
    permission: pick(['view', 'preview', 'edit']),
    ...perhaps(() => ({ expires_at: NOW + pick([-1, 1]) * 86_400_000 })),
  }))
  return {
    title: 'x',
    status: pick(['draft', 'new_version_draft', 'draft_of_published', 'published', 'published', 'D', 'X']),
    access: {
      record: level(),
      files: level(),
      ...perhaps(() => ({ embargo: { active: true, until: pick(['2026-01-01', '2030-01-01']) } }), 4),
    },
    parent: {
      access: { owned_by: pick([{ user: Number(pick(USERS)) }, null]), grants: grantsIn(random), links },
      ...(ids.length > 0 && { communities: { ...perhaps(() => ({ default: ids[0] }), 1), ids } }),
      ...perhaps(
        () => ({ review: { id: 'q1', status: pick(STATES.slice(0, -1)), receiver: { community: pick(COMMUNITIES) } } }),
        3,
      ),
    },
  }
}

function requestIn(random, types) {
  const { pick, some, perhaps } = random
  const side = () => pick([{ user: Number(pick(USERS)) }, { community: pick(COMMUNITIES) }, { group: 'lab' }])
  return {
    $type: pick(types),
    status: pick(STATES),
    created_by: side(),
    receiver: side(),
    topic: { record: 'r1' },
    ...perhaps(() => ({ topic_readers: grantsIn(random) })),
    ...perhaps(() => ({ topic_communities: some(COMMUNITIES) })),
    ...perhaps(() => ({ is_locked: true }), 4),
  }
}

function worldOf(random, engine, types) {
  const { pick, some, below } = random
  const community = () => ({
    title: 'C',
    grants: {},
    access: {
      visibility: pick(['public', 'restricted']),
      members_visibility: pick(['public', 'restricted']),
      member_policy: pick(['open', 'closed']),
      record_submission_policy: pick(['open', 'closed']),
      review_policy: pick(['open', 'closed', 'members']),
    },
    ...(below(8) === 0 && { deletion: { status: pick(['D', 'X']) } }),
  })
  const memberships = COMMUNITIES.flatMap((id) =>
    some(USERS, 3).map((user) => ({
      community: id,
      user,
      ...pick([
        ...ROLES.map((role) => ({ role, ...(below(2) === 0 && { visible: true }) })),
        { role: 'invitee', as: 'reader', request: 'q0' },
      ]),
    })),
  )
  for (const id of some(COMMUNITIES, 4)) memberships.push({ community: id, group: 'lab', role: pick(ROLES) })
  const access = ['superuser-access', 'administration-access', 'administration-moderation'].flatMap((action) => [
    ...some(USERS, 6).map((user) => ({ action, user })),
    ...some(USERS, 12).map((user) => ({ action, user, exclude: true })),
  ])
  const records = Object.fromEntries([
    ...(engine.policy.types.some(({ key }) => key === 'record') && engine.policy.actions.includes('read')
      ? Array.from({ length: 12 }, (_, i) => [`r${i}`, recordIn(random)])
      : []),
    ...Array.from({ length: 8 }, (_, i) => [`q${i}`, requestIn(random, types)]),
  ])
  const users = Object.fromEntries(USERS.map((id) => [id, { roles: some(['lab'], 3) }]))
  const communities = Object.fromEntries(COMMUNITIES.map((id) => [id, community()]))
  return { users, communities, memberships, access, records, complete: true, time: NOW }
}

for (const policy of ['invenio-rdm-36', 'invenio-communities-29']) {
  test(`${policy}: a device is not contradicted in ${WORLDS} worlds`, async (t) => {
    const switches = ['switch_membership_requests', 'switch_request_reviewers', 'switch_request_locking']
    const define = Object.fromEntries(switches.map((name) => [name, 'always']))
    const engines = [await createEngine({ policy }), await createEngine({ policy, changes: { define } })]
    const kinds = engines[0].policy.machines.filter(({ actions }) => actions.includes('accept'))
    const types = kinds.flatMap((machine) => machine.types.map(({ key }) => key))
    const counts = { asked: 0, shown: 0, unknown: 0, unknownShown: 0 }
    const wrong = []
    for (let seed = 1; seed <= WORLDS; seed += 1) {
      const random = chance(seed)
      const engine = random.pick(engines)
      const facts = worldOf(random, engine, types)
      const clock = { lo: NOW, hi: NOW }
      for (const id of random.some(USERS, 2)) {
        const links = random.below(3) === 0 ? { properties: { links: ['l0'] } } : {}
        const subject = { type: 'user', id, ...links }
        const subs = [random.pick(['everywhere', 'everywhere', 'mine'])]
        const { entries, closed } = engine.projectBase({ subject, subs }, facts)
        const records = engine.projectRecords({ subject, records: facts.records }, facts)
        const replica = engine.replica(subject)
        replica.reset([...entries, ...records], closed)
        replica.leases(subs.map((scope) => ({ scope, until: NOW + 1000 })))
        const seen = new Set(records.map(({ k }) => k.id))
        const things = [
          ...Object.entries(facts.records).map(([id, { $type }]) => ({ type: $type ?? 'record', id })),
          ...[...COMMUNITIES, 'nowhere'].map((id) => ({ type: 'community', id })),
          { type: 'site', properties: {} },
          ...COMMUNITIES.map((community) => ({
            type: 'member',
            properties: { community, type: 'user', role: random.pick(ROLES), user: Number(random.pick(USERS)) },
          })),
        ]
        for (const resource of things) {
          const truth = engine.actions({ subject, resource }, facts)
          const isShown =
            seen.has(resource.id) || entries.some(({ k }) => k.relation === resource.type && k.id === resource.id)
          for (const [action, { decision }] of Object.entries(replica.actions(resource, clock))) {
            counts.asked += 1
            counts.shown += isShown ? 1 : 0
            if (decision === 'unknown') {
              counts.unknown += 1
              counts.unknownShown += isShown ? 1 : 0
            } else if (decision !== truth[action].decision) {
              wrong.push(
                `${seed} ${id} ${action} ${JSON.stringify(resource)}: ${decision}, not ${truth[action].decision}`,
              )
            }
          }
        }
        replica.free()
      }
    }
    t.diagnostic(JSON.stringify(counts))
    assert.deepEqual(wrong.slice(0, 20), [], `${wrong.length} of ${counts.asked} answers are wrong`)
    assert.ok(counts.unknownShown * 50 <= counts.shown, JSON.stringify(counts))
  })
}

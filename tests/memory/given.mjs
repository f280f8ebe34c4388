// What is asked while memory is watched: the same few things in ever other words, so that nothing is remembered.

const ROLES = ['member', 'curator', 'publisher']
const STATES = ['editing', 'pending-approval', 'approved', 'published', 'deleted']

export const record = (n) => ({
  title: 'x'.repeat(n % 97),
  'oarepo:primaryCommunity': n % 3 === 0 ? 'cesnet' : `c${n % 5}`,
  'oarepo:recordStatus': STATES[n % STATES.length],
  access: { owned_by: [n % 9] },
})

export const records = (n) => ({ r1: record(n), r2: record(n + 1), [`r${3 + (n % 50)}`]: record(n + 2) })

export const facts = (n) => ({
  revision: `revision ${n}`,
  communities: {
    cesnet: { grants: { member: ['create', 'read'], curator: ['read', 'approve', 'update'] } },
    [`c${n % 5}`]: { grants: { member: ['read'] }, title: 'x'.repeat(n % 200) },
  },
  memberships: [
    { community: 'cesnet', user: n % 9, role: ROLES[n % ROLES.length] },
    { community: 'cesnet', user: 4, role: 'curator' },
  ],
  access: [{ action: 'superuser-access', user: 100 + (n % 7) }],
  users: { [n % 9]: { roles: [`role ${n % 11}`] } },
  records: records(n),
  ...(n % 4 === 3 ? {} : { complete: true }),
})

const asked = (subject, action, resource) => ({ subject, action, resource: { type: 'record', ...resource } })

export const questions = [
  asked({ type: 'user', id: 4 }, 'update', { id: 'r1' }),
  asked({ type: 'user', id: 7 }, 'approve', { id: 'r2' }),
  asked({ type: 'anonymous' }, 'read', { id: 'r2' }),
  asked({ type: 'user', id: 5 }, 'read', { id: 'absent' }),
  asked({ type: 'user', id: 3 }, 'read', { properties: record(3) }),
  asked({ type: 'user', id: 103 }, 'publish', { id: 'r1' }),
]

const [question] = questions
const of = (resource) => ({ question: { ...question, resource: { type: 'record', ...resource } } })

function deep(n) {
  let value = {}
  for (let i = 0; i < 100 + (n % 8); i++) value = n % 2 ? [value] : { a: value }
  return value
}

const throws = {
  get communities() {
    throw new Error('a getter that throws')
  },
}
const cyclic = { records: {} }
cyclic.records.r1 = cyclic

/** Input that ends in an error, each at another place on the way in. */
export const refused = [
  (n) => ({ question: { ...question, action: `fly ${n % 50}` } }),
  (n) => ({ question: { ...question, subject: { type: 'user', id: 'x'.repeat(256 + (n % 50)) } } }),
  (n) => of({ properties: { title: `\ud83d${n}` } }),
  (n) => of({ properties: deep(n) }),
  (n) => of({ type: `no such ${n % 50}`, id: 'r1' }),
  () => of({ properties: new Map() }),
  (n) => ({ given: { communities: { [`\u0000${n % 50}`]: {} } } }),
  (n) => ({ given: { memberships: Array.from({ length: 30 }, () => ({ community: n % 5 })) } }),
  (n) => ({ given: { ...facts(n), records: { r1: n } } }),
  () => ({ given: throws }),
  () => ({ given: cyclic }),
  () => ({ given: 10n }),
]

/** A view as a server makes it and a device holds it, with what comes after. */
export function view(engine, n) {
  const subject = { type: 'user', id: 4 }
  const given = facts(n)
  const read = engine.facts({ ...given, complete: true })
  const { entries, closed } = engine.projectBase({ subject, subs: ['everywhere'] }, read)
  const seen = engine.projectRecords({ subject, records: given.records }, read)
  read.free()
  const target = { relation: 'record', id: 'r1' }
  const fresh = { relation: 'record', id: `new${n % 50}` }
  return {
    entries: [...entries, ...seen],
    closed,
    ops: [
      { op: 'del', k: target },
      { op: 'put', k: fresh, v: record(n) },
    ],
    intents: [
      { n: 1, action: 'update', target, args: { set: [{ path: 'title', value: `mine ${n % 50}` }] } },
      { n: 2, action: `fly${n % 50}`, target, args: {} },
    ],
    clock: { lo: 1, hi: 2 },
  }
}

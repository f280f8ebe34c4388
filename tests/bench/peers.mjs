// What lictor is compared with: the same rules written by hand, as a table of bits, and for CASL.
import { createMongoAbility, subject as tagged } from '@casl/ability'
import { ACTIONS, GRANTS } from './generate.mjs'

const PRIMARY = 'oarepo:primaryCommunity'
const STATE = 'oarepo:recordStatus'
const STATES = ['editing', 'pending-approval', 'approved', 'published']
const ROLES = ['member', 'curator', 'publisher', 'admin']
const MEMBER = 1
const CURATOR = 2
const PUBLISHER = 4
const ADMIN = 8
const NO_ROLES = 0

/** Roles as bits, by community. */
function rolesOf(subject, facts) {
  const roles = new Map()
  if (subject.type !== 'user') return roles
  for (const { community, user, role } of facts.memberships) {
    if (user === subject.id) roles.set(community, (roles.get(community) ?? 0) | (1 << ROLES.indexOf(role)))
  }
  return roles
}

// ---- a `switch` by hand ----------------------------------------------------------------------------------------------

/** The yardstick: what somebody writes who needs nothing but these answers. */
export function bySwitch(subject, facts) {
  const roles = rolesOf(subject, facts)
  const user = subject.id
  return {
    can: (record, action) => {
      const owner = record.access.owned_by.some((entry) => entry.user === user)
      return decide(action, record[STATE], roles.get(record[PRIMARY]) ?? NO_ROLES, owner)
    },
  }
}

function decide(action, state, roles, owner) {
  switch (action) {
    case 'read':
      if (state === 'published' || owner || (roles & (CURATOR | ADMIN)) !== 0) return true
      return state === 'approved' && roles !== NO_ROLES
    case 'create':
      return (roles & (MEMBER | ADMIN)) !== 0
    case 'update':
      if (state === 'editing') return owner || (roles & (CURATOR | ADMIN)) !== 0
      if (state === 'pending-approval') return (roles & (CURATOR | ADMIN)) !== 0
      return state === 'approved' && (roles & ADMIN) !== 0
    case 'request-approval':
    case 'delete':
      return state === 'editing' && (owner || (roles & (CURATOR | ADMIN)) !== 0)
    case 'approve':
    case 'request-changes':
      return state === 'pending-approval' && (roles & (CURATOR | ADMIN)) !== 0
    case 'publish':
    case 'revert-approve':
      return state === 'approved' && (roles & (PUBLISHER | ADMIN)) !== 0
    case 'unpublish':
      return state === 'published' && (roles & ADMIN) !== 0
    default:
      return false
  }
}

// ---- a table of bits in plain JS -------------------------------------------------------------------------------------

const codes = new Map(ACTIONS.map((action, code) => [action, code]))
const stateNumbers = new Map(STATES.map((state, number) => [state, number]))

/** Masks of actions by state, roles and owner: everything the switch can say, said beforehand. */
const table = Uint16Array.from({ length: STATES.length * 32 }, (_, at) => {
  const [state, roles, owner] = [STATES[at >> 5], (at >> 1) & 15, (at & 1) === 1]
  return ACTIONS.reduce((mask, action, code) => mask | (decide(action, state, roles, owner) ? 1 << code : 0), 0)
})

/** Records as columns: community times state, and owner. */
export function columns(records) {
  const communities = new Map()
  const cells = new Uint16Array(records.length)
  const owners = new Uint16Array(records.length)
  for (const [row, record] of records.entries()) {
    const id = record[PRIMARY]
    let community = communities.get(id)
    if (community === undefined) communities.set(id, (community = communities.size))
    cells[row] = community * STATES.length + stateNumbers.get(record[STATE])
    owners[row] = record.access.owned_by[0].user
  }
  return { cells, owners, communities: [...communities.keys()] }
}

export function byBits(subject, facts) {
  const roles = rolesOf(subject, facts)
  const user = subject.id
  const mask = (record) => {
    const owner = record.access.owned_by.some((entry) => entry.user === user) ? 1 : 0
    const state = stateNumbers.get(record[STATE])
    return table[(state << 5) | ((roles.get(record[PRIMARY]) ?? NO_ROLES) << 1) | owner]
  }
  return {
    mask,
    can: (record, action) => ((mask(record) >> codes.get(action)) & 1) === 1,
    /** Over columns loaded once: `masks[2 * cell + mine]`. */
    over: ({ cells, owners, communities }) => {
      const masks = Uint16Array.from({ length: communities.length * STATES.length * 2 }, (_, at) => {
        const state = (at >> 1) % STATES.length
        const community = communities[Math.floor((at >> 1) / STATES.length)]
        return table[(state << 5) | ((roles.get(community) ?? NO_ROLES) << 1) | (at & 1)]
      })
      const own = user ?? -1
      return {
        mask: (row) => masks[(cells[row] << 1) | (owners[row] === own ? 1 : 0)],
        can: (row, code) => (masks[(cells[row] << 1) | (owners[row] === own ? 1 : 0)] >> code) & 1,
        named: (row, action) => (masks[(cells[row] << 1) | (owners[row] === own ? 1 : 0)] >> codes.get(action)) & 1,
        count: (code) => {
          let count = 0
          for (let row = 0; row < cells.length; row++) {
            count += (masks[(cells[row] << 1) | (owners[row] === own ? 1 : 0)] >> code) & 1
          }
          return count
        },
        bits: (code) => {
          const bits = new Uint32Array((cells.length + 31) >> 5)
          for (let row = 0; row < cells.length; row++) {
            const mask = masks[(cells[row] << 1) | (owners[row] === own ? 1 : 0)]
            bits[row >> 5] |= ((mask >> code) & 1) << (row & 31)
          }
          return bits
        },
        rows: (code) => {
          const rows = []
          for (let row = 0; row < cells.length; row++) {
            if ((masks[(cells[row] << 1) | (owners[row] === own ? 1 : 0)] >> code) & 1) rows.push(row)
          }
          return Uint32Array.from(rows)
        },
      }
    },
  }
}

// ---- CASL ------------------------------------------------------------------------------------------------------------

/** As few rules as the matrix allows, the subject's communities folded in. */
export function byCasl(subject, facts) {
  const roles = rolesOf(subject, facts)
  const having = (bits) => [...roles].filter(([, held]) => (held & bits) !== 0).map(([community]) => community)
  const within = (bits) => ({ [PRIMARY]: { $in: having(bits) } })
  const state = (...states) => ({ [STATE]: { $in: states } })
  const owner = { 'access.owned_by.user': subject.id }
  const rules = [
    ['read', state('published')],
    ['read', within(CURATOR | ADMIN)],
    ['read', { ...within(MEMBER | PUBLISHER), ...state('approved') }],
    ['create', within(MEMBER | ADMIN)],
    ['update', { ...within(CURATOR | ADMIN), ...state('editing', 'pending-approval') }],
    ['update', { ...within(ADMIN), ...state('approved') }],
    [['request-approval', 'delete'], { ...within(CURATOR | ADMIN), ...state('editing') }],
    [['approve', 'request-changes'], { ...within(CURATOR | ADMIN), ...state('pending-approval') }],
    [['publish', 'revert-approve'], { ...within(PUBLISHER | ADMIN), ...state('approved') }],
    ['unpublish', { ...within(ADMIN), ...state('published') }],
  ]
  if (subject.type === 'user') {
    rules.push(['read', owner], [['update', 'request-approval', 'delete'], { ...owner, ...state('editing') }])
  }
  const ability = createMongoAbility(
    rules.map(([action, conditions]) => ({ action, subject: 'record', conditions })),
    { detectSubjectType: (record) => record.__caslSubjectType__ },
  )
  return {
    /** As CASL's documentation says for plain objects. */
    can: (record, action) => ability.can(action, tagged('record', record)),
    canTagged: (record, action) => ability.can(action, record),
  }
}

/** Marks records as CASL wants them, once. */
export const tag = (records) => records.map((record) => tagged('record', structuredClone(record)))

if (Object.keys(GRANTS).join() !== ROLES.join()) throw new Error('the roles of the peers are not those of the data')

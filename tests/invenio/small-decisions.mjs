// What upstream's policies say of the small Invenio in `small.mjs`, worked out by hand from their rules.
import { A, B, ENDED, LAB, LINK } from './small-ids.mjs'

const PEOPLE = ['anonymous', 'system', ...[1, 2, 3, 4, 5, 6, 7, 8].map((id) => `user:${id}`)]
const PRINCIPALS = [...PEOPLE, 'user:6!forced', `anonymous+link:${LINK}`, `anonymous+link:${ENDED}`]

/** `1 2 all`: users by their numbers; 4 and the system may whatever anybody may unless it is said with `only`. */
function who(text) {
  const words = text.split(' ').filter((word) => word !== '')
  if (words.includes('all')) return PRINCIPALS
  const named = { forced: 'user:6!forced', link: `anonymous+link:${LINK}`, system: 'system' }
  const people = words.filter((word) => word !== 'only').map((word) => named[word] ?? `user:${word}`)
  return words.includes('only') ? people : [...people, 'user:4', 'system']
}

// Rows of answers; what is not said of an action is denied to everybody.
const RECORDS = {
  'pub00-00001': {
    read: 'all',
    read_files: 'all',
    read_draft: '1 2 8 5',
    update_draft: '1 2 8',
    edit: '1 2 8',
    publish: '1 2 8',
    new_version: '1 2 8',
    manage: '1 2 8',
    add_community: '1 2 8',
    delete: '',
    view: '1 2 8 5 3',
  },
  'res00-00002': {
    read: '1 2 8 5 3 7 link',
    read_files: '1 2 8 5 3 7 link',
    read_draft: '1 2 8 5 7',
    update_draft: '1 2 8',
    edit: '1 2 8',
    publish: '1 2 8',
    new_version: '1 2 8',
    manage: '1 2 8',
    add_community: '1 2 8',
    delete: '',
    view: '1 2 8 5 3 7 link',
  },
  'res00-00003': {
    read: '5',
    read_files: '5',
    read_draft: '5',
    update_draft: '',
    edit: '',
    publish: '',
    new_version: '',
    manage: '',
    add_community: '',
    delete: '',
    view: '5',
  },
  'del00-00004': {
    read: 'all',
    read_files: 'all',
    read_draft: '1 5',
    update_draft: '1',
    edit: 'only',
    publish: '1',
    new_version: '1',
    manage: '1',
    add_community: '1',
    delete: '',
    view: '1 5',
  },
  'res00-00005': {
    read: '2 5 3 forced',
    read_files: '2 5 3 forced',
    read_draft: '2 5',
    update_draft: '2',
    edit: '2',
    publish: '2',
    new_version: '2',
    manage: '2',
    add_community: '2',
    delete: '',
    view: '2 5 3 forced',
  },
}
const DRAFTS = {
  'dra00-00006': {
    read: 'all',
    read_files: 'all',
    read_draft: '1 2 8 5',
    update_draft: '1 2 8',
    edit: '1',
    publish: '1 2 8',
    new_version: '1',
    manage: '1',
    add_community: '1',
    delete: '',
    view: '1 2 8 5',
  },
  'pub00-00001': RECORDS['pub00-00001'],
}
const COMMUNITIES = {
  [A]: {
    read: 'all',
    update: '8',
    members_search: '8 2 3',
    members_search_public: 'all',
    members_manage: '8',
    submit_record: '1 2 3 5 7 8 forced',
    include_directly: '8 2',
    request_membership: 'only 1 4 5 7 forced',
    search_requests: '8 2',
    manage_access: '8',
  },
  [B]: {
    read: '2 3 forced',
    update: '2',
    members_search: '2 3 forced',
    members_search_public: '2 3 forced',
    members_manage: '2',
    submit_record: '2 3 forced',
    include_directly: 'only system',
    request_membership: 'only',
    search_requests: '2',
    manage_access: '2',
  },
}

const ALL = 'pub00-00001 res00-00002 res00-00003 res00-00005'
const FOUND = {
  records: {
    anonymous: 'pub00-00001',
    1: 'pub00-00001 res00-00002',
    2: 'pub00-00001 res00-00002 res00-00005',
    3: 'pub00-00001 res00-00002 res00-00005',
    4: ALL,
    system: ALL,
    5: ALL,
    6: 'pub00-00001',
    7: 'pub00-00001 res00-00002',
    8: 'pub00-00001 res00-00002',
    forced: 'pub00-00001 res00-00005',
    link: 'pub00-00001 res00-00002',
    ended: 'pub00-00001 res00-00002',
  },
  drafts: {
    1: 'pub00-00001 res00-00002 dra00-00006',
    2: 'pub00-00001 res00-00002 res00-00005',
    3: '',
    4: `${ALL} dra00-00006`,
    system: `${ALL} dra00-00006`,
    5: `${ALL} dra00-00006`,
    7: 'res00-00002',
    8: 'pub00-00001 res00-00002',
    forced: '',
  },
  communities: {
    anonymous: A,
    1: A,
    2: `${A} ${B}`,
    3: `${A} ${B}`,
    4: `${A} ${B}`,
    system: `${A} ${B}`,
    5: `${A} ${B}`,
    6: A,
    7: A,
    8: A,
    forced: `${A} ${B}`,
    link: A,
    ended: A,
  },
  requests: {
    1: 'q1 q4',
    2: 'q1 q3',
    3: '',
    4: 'q1 q2 q3 q4',
    system: 'q1 q2 q3 q4',
    5: 'q1 q3',
    7: 'q2',
    8: 'q1 q2 q3 q4',
    forced: '',
  },
}

/** The answers and searches, in the form of an export. */
export function decisions() {
  const sets = []
  const set = (ids) => sets.push(ids) - 1
  const groups = { records: RECORDS, drafts: DRAFTS, communities: COMMUNITIES }
  const answers = (group, name) => {
    const actions = [...new Set(Object.values(group).flatMap(Object.keys))]
    const ids = (action) => Object.keys(group).filter((id) => who(group[id][action] ?? 'only').includes(name))
    return Object.fromEntries(actions.map((action) => [action, set(ids(action))]))
  }
  const short = (name) => {
    const [, id] = /^user:(\d)$/.exec(name) ?? []
    return (
      id ??
      { 'user:6!forced': 'forced', [`anonymous+link:${LINK}`]: 'link', [`anonymous+link:${ENDED}`]: 'ended' }[name] ??
      name
    )
  }
  const searched = (what, name) => {
    const found = FOUND[what][short(name)]
    return found === undefined ? null : set(found.split(' ').filter((id) => id !== ''))
  }
  const search = (name) => {
    const records = searched('records', name)
    const others = ['drafts', 'communities', 'requests'].map((what) => [what, searched(what, name)])
    return { records, records_latest: records, ...Object.fromEntries(others) }
  }
  const each = (of) => Object.fromEntries(PRINCIPALS.map((name) => [name, of(name)]))
  return {
    sets,
    groups: Object.fromEntries(Object.entries(groups).map(([name, group]) => [name, Object.keys(group)])),
    config: { COMMUNITIES_ALLOW_MEMBERSHIP_REQUESTS: true, RDM_COMMUNITY_REQUIRED_TO_PUBLISH: false },
    principals: each(principal),
    decisions: Object.fromEntries(
      Object.entries(groups).map(([name, group]) => [name, each((principal) => answers(group, principal))]),
    ),
    search: each(search),
  }
}

function principal(name) {
  const [, id, forced] = /^user:(\d)(!forced)?$/.exec(name) ?? []
  if (id === undefined) return { kind: name === 'system' ? 'system' : 'anonymous', provides: [] }
  const roles = { 3: LAB, 4: 'admins', 6: LAB }[id]
  const provides = [['id', id], ...(roles ? [['role', roles]] : [])]
  return { kind: 'user', id: Number(id), ...(!forced && { logged_in: id !== '6' }), provides }
}

// Turns the synthetic Invenio export "small" into facts for lictor's preset `oarepo`.
//
//   node data/make-data.mjs FOLDER-OF-THE-EXPORT      writes data/repository.json
//
// The export is the output of real Invenio packages with invented people and records. What it does not have (a
// workflow state, a community for every record, somebody who only publishes) is added here, always from a hash of the
// id, so the file is the same on every machine. Each addition is named in `about` of the file that is written.

import { readFileSync, writeFileSync, readdirSync } from 'node:fs'

const from = process.argv[2]
if (!from) throw new Error('say where the export is: node data/make-data.mjs FOLDER')
const read = (name) => JSON.parse(readFileSync(`${from}/${name}`, 'utf8'))

const TEN = [
  'read',
  'create',
  'update',
  'request-approval',
  'approve',
  'revert-approve',
  'request-changes',
  'delete',
  'publish',
  'unpublish',
]

/** The preset's default matrix, and a fourth role `admin` with everything: domain.md allows a deployment to add it. */
const GRANTS = {
  member: ['create', 'read'],
  curator: ['read', 'update', 'request-approval', 'approve', 'request-changes', 'delete'],
  publisher: ['read', 'publish', 'revert-approve'],
  admin: TEN,
}

/** Invenio's community roles in the words of the preset. A manager does a curator's and a publisher's work. */
const ROLES = { reader: ['member'], curator: ['curator'], manager: ['curator', 'publisher'], owner: ['admin'] }

/** Upstream has nobody who publishes and does nothing else; the demo needs one, to show the two jobs apart. */
const APPOINTED = [
  { community: 'alpine-hydrology', user: 4, role: ['publisher'], visible: true },
  { community: 'coastal-observatories', user: 4, role: ['publisher'], visible: true },
]

/** Two rows of the kind upstream has for its own actions, in the words of this preset. */
const ROWS = [
  { action: 'community-publish', role: 'external-partners', exclude: true },
  { action: 'community-create', argument: 'urban-sound-archive', user: 13 },
]

/** Shares of the workflow states; "deleted" is what upstream deleted. */
const STATES = [
  ['editing', 24],
  ['pending-approval', 18],
  ['approved', 16],
  ['published', 42],
]

/** FNV-1a: small, stable, good enough to spread ids over a handful of buckets. */
function hash(text) {
  let h = 0x811c9dc5
  for (const char of text) h = Math.imul(h ^ char.codePointAt(0), 0x01000193) >>> 0
  return h
}

function pick(weighted, text) {
  let left = hash(text) % weighted.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [value, weight] of weighted) if ((left -= weight) < 0) return value
}

const upstreamUsers = read('users.json')
/** An inactive account cannot sign in, so it holds no role and no access row here; it may still own records. */
const active = new Set(upstreamUsers.filter((u) => u.active).map((u) => u.id))
const groups = new Map(read('roles.json').map((role) => [role.id, role]))
const communityHits = read('communities.json').hits.hits
const slugOf = new Map(communityHits.map((c) => [c.id, c.slug]))

const users = {}
for (const u of upstreamUsers) {
  users[u.id] = {
    name: u.full_name,
    affiliation: u.affiliations,
    roles: active.has(u.id) ? u.roles : [],
    active: u.active,
  }
}

const communities = {}
for (const { slug, metadata } of [...communityHits].sort((a, b) => a.slug.localeCompare(b.slug))) {
  communities[slug] = { title: metadata.title, type: 'other', metadata: { website: metadata.website }, grants: GRANTS }
}

/** Roles of people and of groups (each member of the group gets them), joined per person and community. */
function memberships() {
  const held = new Map()
  const add = (community, user, roles, visible) => {
    if (!active.has(user)) return
    const key = `${community}/${user}`
    const row = held.get(key) ?? { community, user, role: [], visible: false }
    row.role = [...new Set([...row.role, ...roles])]
    // A fourth role with every action makes the others noise.
    if (row.role.includes('admin')) row.role = ['admin']
    row.visible ||= visible
    held.set(key, row)
  }
  for (const file of readdirSync(`${from}/members`).filter((name) => name.split('.').length === 2)) {
    for (const { member, role, visible } of read(`members/${file}`).hits.hits) {
      const people = member.type === 'group' ? groups.get(member.id).users : [Number(member.id)]
      for (const user of people) add(file.replace('.json', ''), user, ROLES[role], visible)
    }
  }
  for (const { community, user, role, visible } of APPOINTED) add(community, user, role, visible)
  return [...held.values()].sort((a, b) => a.community.localeCompare(b.community) || a.user - b.user)
}

/** Only `superuser-access` means something to this preset; Invenio's administration actions have no counterpart. */
function accessRows() {
  const rows = read('actions.json')
    .filter((row) => row.action === 'superuser-access' && (row.type !== 'user' || active.has(row.subject)))
    .map(({ action, type, subject, exclude }) => ({ action, [type]: subject, ...(exclude ? { exclude } : {}) }))
  return [...rows, ...ROWS]
}

function record(hit) {
  const { id, metadata, parent, deletion_status } = hit
  const all = (parent.communities.ids ?? []).map((uuid) => slugOf.get(uuid))
  const slugs = Object.keys(communities)
  const primary = slugOf.get(parent.communities.default) ?? all[0] ?? slugs[hash(`${id} community`) % slugs.length]
  const people = [...active]
  const owner = Number(parent.access.owned_by?.user ?? people[hash(`${id} owner`) % people.length])
  return {
    id,
    'oarepo:primaryCommunity': primary,
    'oarepo:secondaryCommunities': all.filter((slug) => slug !== primary).sort(),
    'oarepo:recordStatus': deletion_status?.is_deleted ? 'deleted' : pick(STATES, `${id} state`),
    access: { owned_by: [{ user: owner }] },
    metadata: {
      title: metadata.title,
      creators: metadata.creators.map((c) => c.person_or_org.name),
      abstract: (metadata.description ?? '').replace(/<[^>]*>/g, '').trim(),
      year: Number(metadata.publication_date.slice(0, 4)),
      type: metadata.resource_type.title.en,
    },
  }
}

const records = {}
for (const hit of [...read('records.json').hits.hits].sort((a, b) => a.id.localeCompare(b.id)))
  records[hit.id] = record(hit)

const about = [
  'Facts for lictor, preset `oarepo`, made by www/data/make-data.mjs from the synthetic Invenio export "small" (real Invenio packages, invented people and records; nobody in it exists).',
  'From the export: people, their global roles and superuser-access rows; communities (ids are the slugs); members; records with title, creators, year, type, owner and communities.',
  "Roles: reader -> member, curator -> curator, manager -> curator + publisher, owner -> admin (a role added to the preset, holding all ten actions). A group's role is given to each of its people.",
  'Left out: inactive accounts hold no role and no access row (they cannot sign in); administration-* rows have no meaning in this preset.',
  "Added, from a hash of the record's id: the workflow state (editing 24, pending-approval 18, approved 16, published 42 in 100; what upstream deleted is deleted), a community where there was none, an owner where there was none.",
  'Added by hand: Quirin Lundmark (4) as publisher of alpine-hydrology and coastal-observatories; a deny row on community-publish for external-partners; an allow row that lets Lars Nystrom (13) create in urban-sound-archive.',
]

/** One entity a line: a change of the data is a readable diff. */
function lines(value) {
  const rows = Object.entries(value).map(
    ([key, entry]) => `${Array.isArray(value) ? '' : `${JSON.stringify(key)}: `}${JSON.stringify(entry)}`,
  )
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  return `${open}\n    ${rows.join(',\n    ')}\n  ${close}`
}

const sections = Object.entries({
  about,
  users,
  communities,
  memberships: memberships(),
  access: accessRows(),
  records,
})
const target = new URL('./repository.json', import.meta.url)
writeFileSync(target, `{\n  ${sections.map(([name, value]) => `"${name}": ${lines(value)}`).join(',\n  ')}\n}\n`)
console.log(`${Object.keys(records).length} records, ${Object.keys(users).length} users -> ${target.pathname}`)

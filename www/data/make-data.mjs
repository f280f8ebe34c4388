// Turns the synthetic Invenio export "small" into facts for lictor's preset `repository`.
//
//   node data/make-data.mjs FOLDER-OF-THE-EXPORT      writes data/repository.json (lictor must be built)
//
// The export is the output of real Invenio packages with invented people and records. What it does not have (a workflow
// state, a community for every record, somebody who only publishes) is added here, always from a hash of the id, so the
// file is the same on every machine. Each addition is named in `about` of the file that is written.

import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { createEngine } from 'lictor'
import { play } from './play.mjs'

const from = process.argv[2]
if (!from) throw new Error('say where the export is: node data/make-data.mjs FOLDER')
const read = (name) => JSON.parse(readFileSync(`${from}/${name}`, 'utf8'))
const engine = await createEngine()

/** The upstream words of roles, and those of the preset. */
const ROLES = { reader: 'member', curator: 'curator', manager: 'manager', owner: 'admin' }

/** Upstream has nobody who publishes and does nothing else; the demo needs one, to show the two jobs apart. */
const PUBLISHER = 4
const APPOINTED = ['alpine-hydrology', 'coastal-observatories', 'soil-and-climate-network'].map((community) => ({
  community,
  user: PUBLISHER,
  role: ['publisher'],
  visible: true,
}))

/** A deny row, and somebody who may make communities. */
const ROWS = [
  { action: 'community-publish', role: 'external-partners', exclude: true },
  { action: 'community-admin', user: 21 },
]

/** Settings, so that each value of each is somewhere; upstream's would hide half of the records from a visitor. */
const SETTINGS = {
  'alpine-hydrology': { members_visibility: 'restricted', member_policy: 'open' },
  'coastal-observatories': {
    record_submission_policy: 'members',
    record_restricted_policy: 'restricted',
    member_policy: 'open',
  },
  'historical-trade-records': { review_policy: 'curators', member_policy: 'open' },
  'muon-detector-group': {
    visibility: 'restricted',
    members_visibility: 'hidden',
    record_submission_policy: 'members',
  },
  'soil-and-climate-network': { members_visibility: 'hidden' },
  'urban-sound-archive': { review_policy: 'members' },
}
const DEFAULTS = {
  visibility: 'public',
  members_visibility: 'public',
  record_restricted_policy: 'open',
  record_submission_policy: 'open',
  review_policy: 'closed',
  member_policy: 'closed',
}
const isHidden = (community) => SETTINGS[community]?.visibility === 'restricted'

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

const among = (list, text) => list[hash(text) % list.length]

function pick(weighted, text) {
  let left = hash(text) % weighted.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [value, weight] of weighted) if ((left -= weight) < 0) return value
}

const upstreamUsers = read('users.json')
/** An inactive account cannot sign in, so it holds no role and no access row here; it may still own records. */
const active = new Set(upstreamUsers.filter((user) => user.active).map(({ id }) => id))
const groups = new Map(read('roles.json').map(({ id, name }) => [id, name]))
const communityHits = read('communities.json').hits.hits.toSorted((a, b) => a.slug.localeCompare(b.slug))
const slugOf = new Map(communityHits.map(({ id, slug }) => [id, slug]))

const users = Object.fromEntries(
  upstreamUsers.map(({ id, full_name: name, affiliations: affiliation, active, roles }) => [
    id,
    { name, affiliation, roles: active && id !== PUBLISHER ? roles : [], active },
  ]),
)

const communities = Object.fromEntries(
  communityHits.map(({ slug, metadata: { title, description, website } }) => [
    slug,
    {
      title,
      type: 'other',
      metadata: { description, website },
      access: { ...DEFAULTS, ...SETTINGS[slug] },
      grants: engine.document.grants,
    },
  ]),
)

/** Those of people and of groups, as upstream has them. */
function memberships() {
  const rows = [...APPOINTED]
  for (const file of readdirSync(`${from}/members`).filter((name) => name.split('.').length === 2)) {
    const community = file.replace('.json', '')
    for (const { member, role, visible } of read(`members/${file}`).hits.hits) {
      const held = { community, role: [ROLES[role]], visible }
      if (member.type === 'group') rows.push({ ...held, group: groups.get(member.id) })
      else if (active.has(Number(member.id))) rows.push({ ...held, user: Number(member.id) })
    }
  }
  const name = ({ community, user, group }) => `${community} ${group ?? String(user).padStart(6)}`
  return rows.toSorted((a, b) => name(a).localeCompare(name(b)))
}

function accessRows() {
  const rows = read('actions.json')
    .filter(({ type, subject }) => type !== 'user' || active.has(subject))
    .map(({ action, type, subject, exclude }) => ({
      action,
      [type]: type === 'role' ? (groups.get(subject) ?? subject) : subject,
      ...(exclude && { exclude }),
    }))
  return [...rows, ...ROWS]
}

/** Who waits to come in. Made when a repository is filled, because an invitation ends thirty days later. */
function waiting() {
  const open = (suffix) =>
    Object.keys(communities).flatMap((community) => {
      const file = `${community}.${suffix}.json`
      const hits = readdirSync(`${from}/members`).includes(file) ? read(`members/${file}`).hits.hits : []
      return hits
        .filter(({ member, request }) => request.is_open && active.has(Number(member.id)))
        .map(({ member, role }) => ({ community, user: Number(member.id), role: ROLES[role] }))
    })
  return { invited: open('invitations'), applied: open('membership-requests').map(({ role: _, ...asked }) => asked) }
}

const links = read('links.json').by_record

/** Who reads how much: levels, embargo, grants and secret links, as upstream has them. */
function access(hit) {
  const { record, files, embargo } = hit.access
  const grants = (hit.parent.access.grants ?? []).map(({ permission, subject: { type, id } }) => ({
    subject: { type, id: type === 'role' ? (groups.get(id) ?? id) : id },
    permission,
  }))
  const secret = (links[hit.id]?.hits.hits ?? []).map(({ id, permission, expires_at }) => ({
    id,
    permission,
    ...(expires_at && { expires_at }),
  }))
  return {
    record,
    files,
    ...(embargo.active && { embargo: { active: true, until: embargo.until, ...reason(embargo) } }),
    ...(grants.length > 0 && { grants }),
    ...(secret.length > 0 && { links: secret }),
  }
}

const reason = ({ reason }) => (reason ? { reason } : {})

/** A record as its author began it, and how far it is to come. */
function beginning(hit) {
  const { id, metadata, parent, deletion_status } = hit
  const all = (parent.communities.ids ?? []).map((uuid) => slugOf.get(uuid))
  const slugs = Object.keys(communities)
  const primary = slugOf.get(parent.communities.default) ?? all[0] ?? among(slugs, `${id} community`)
  const owner = Number(parent.access.owned_by?.user ?? among([...active], `${id} owner`))
  const state = deletion_status?.is_deleted ? 'deleted' : pick(STATES, `${id} state`)
  const secondary = state === 'published' ? all.filter((slug) => slug !== primary).sort() : []
  const document = {
    id,
    state: 'editing',
    communities: { primary, secondary },
    owners: [{ user: owner }],
    access: access(hit),
    metadata: {
      title: metadata.title,
      creators: metadata.creators.map((c) => c.person_or_org.name),
      abstract: (metadata.description ?? '').replace(/<[^>]*>/g, '').trim(),
      year: Number(metadata.publication_date.slice(0, 4)),
      type: metadata.resource_type.title.en,
    },
  }
  // No public record in a restricted community.
  if ([primary, ...secondary].some(isHidden))
    document.access = { ...document.access, record: 'restricted', files: 'restricted' }
  // Some are for a few people who are named.
  if (state === 'published' && hash(`${id} readers`) % 12 === 0)
    document._access = { read: { users: [among([...active], `${id} reader`)], roles: ['library-staff'] } }
  return { document, state }
}

const facts = { users, communities, memberships: memberships(), access: accessRows() }
const begun = read('records.json')
  .hits.hits.toSorted((a, b) => a.id.localeCompare(b.id))
  .map(beginning)
const records = play(engine, facts, begun, among)

const about = [
  'Facts for lictor, preset `repository`, made by www/data/make-data.mjs from the synthetic Invenio export "small" (real Invenio packages, invented people and records; nobody in it exists).',
  'From the export: people, their global roles, access rows; communities (ids are the slugs); members and groups that are members; records with title, creators, year, type, owner, communities, levels of access, embargoes, grants and secret links; open invitations and requests to join.',
  'Roles: reader -> member, curator, manager, owner -> admin. Inactive accounts hold no role and no access row (they cannot sign in).',
  "Added, from a hash of the record's id: the workflow state (editing 24, pending-approval 18, approved 16, published 42 in 100; what upstream deleted is deleted), reached by playing the record's history through the engine as people of its community; a community where there was none, an owner where there was none; a list of readers for one published record in twelve.",
  'Added by hand: settings of communities, so that each value is somewhere; records in a restricted community have restricted metadata; Quirin Lundmark (4) as publisher of three communities, without his global role; a deny row on community-publish for external-partners; an allow row on community-admin for Pavel Marek (21).',
]

/** One entity a line: a change of the data is a readable diff. */
function lines(value) {
  const rows = Object.entries(value).map(
    ([key, entry]) => `${Array.isArray(value) ? '' : `${JSON.stringify(key)}: `}${JSON.stringify(entry)}`,
  )
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  return `${open}\n    ${rows.join(',\n    ')}\n  ${close}`
}

const sections = Object.entries({ about, ...facts, ...waiting(), records })
const target = new URL('./repository.json', import.meta.url)
writeFileSync(target, `{\n  ${sections.map(([name, value]) => `"${name}": ${lines(value)}`).join(',\n  ')}\n}\n`)
console.log(`${Object.keys(records).length} records, ${Object.keys(users).length} users -> ${target.pathname}`)

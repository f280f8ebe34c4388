// What upstream decided and found, against what lictor does with the same data once it is imported.
import { createEngine } from 'lictor'
import { importInvenio } from 'lictor/invenio'
import { openMemoryStore } from 'lictor/store'

export const POLICY = 'invenio-rdm-36'

/** Upstream's configuration, and the definitions of the preset that stand for it. */
const SWITCHES = {
  COMMUNITIES_ALLOW_MEMBERSHIP_REQUESTS: 'switch_membership_requests',
  COMMUNITIES_ALLOW_RESTRICTED: 'switch_restricted_communities',
  RDM_ALLOW_RESTRICTED_RECORDS: 'switch_restricted_records',
  RDM_COMMUNITY_REQUIRED_TO_PUBLISH: 'switch_community_required',
  RDM_ALLOW_EXTERNAL_DOI_VERSIONING: 'switch_external_doi_versioning',
  REQUESTS_REVIEWERS_ENABLED: 'switch_request_reviewers',
  USERS_RESOURCES_GROUPS_ENABLED: 'switch_groups',
}

/** Where a name means more here than there: `read` asks what upstream asks for each kind of record. */
const OWN = { read: 'read_record' }
const DRAFT = '.draft'
const REQUESTS = ['community-submission', 'community-inclusion', 'community-invitation', 'community-membership-request']

/** An engine of the deployment that an export is of. */
export function engineOf({ config }) {
  const define = Object.entries(config).map(([key, on]) => [SWITCHES[key] ?? key, on ? 'always' : 'never'])
  return createEngine({ policy: POLICY, changes: { define: Object.fromEntries(define) } })
}

/** Files by name, as the import reads them. */
export const sourceOf = (files) => ({
  names: () => Object.keys(files),
  read: (name) => (typeof files[name] === 'string' ? files[name] : JSON.stringify(files[name])),
})

export async function imported(engine, source) {
  const store = await openMemoryStore({}, { columns: engine })
  const report = await importInvenio(engine, store, source)
  return { store, report }
}

/** Somebody who cannot sign in is anybody; whoever is made to be signed in anyway is not. */
export function subjectOf(name, { kind, id, logged_in: signedIn }) {
  if (kind === 'system') return { type: 'system' }
  const [, link] = name.split('+link:')
  if (link !== undefined) return { type: 'anonymous', properties: { links: [link] } }
  return id === undefined || signedIn === false ? { type: 'anonymous' } : { type: 'user', id: String(id) }
}

/** How an export's decisions and lictor's compare: every one that differs, and how many there are. */
export async function compareDecisions(engine, facts, records, decided) {
  const differs = []
  let total = 0
  for (const [group, principals] of Object.entries(decided.decisions)) {
    for (const [name, actions] of Object.entries(principals)) {
      const subject = subjectOf(name, decided.principals[name])
      for (const [action, set] of Object.entries(actions)) {
        const allowed = new Set(decided.sets[set])
        for (const id of decided.groups[group]) {
          total += 1
          const given = engine.check({ subject, ...asked(group, action, id, records) }, facts).decision
          const expected = allowed.has(id) ? 'allow' : 'deny'
          if (given !== expected) differs.push({ group, name, action, id, expected, given })
        }
      }
    }
  }
  return { total, differs }
}

function asked(group, action, id, records) {
  if (group === 'communities') return { action, resource: { type: 'community', id } }
  const own = group === 'drafts' && Object.hasOwn(records, id + DRAFT) ? id + DRAFT : id
  return { action: OWN[action] ?? action, resource: { type: 'record', id: own } }
}

/** What one subject finds: ids by what is searched, `null` where the search is refused. */
async function found(engine, store, facts, subject, records) {
  const list = async (type, action, states) => {
    const filter = engine.filter({ subject, action, type }, facts)
    const ids = []
    for (let after; ;) {
      const page = await store.list({ where: filter.where, type, ...(states && { states }), limit: 500, after })
      ids.push(...page.hits.filter(({ value }) => filter.matches(value)).map(({ id }) => id))
      if (page.next === undefined) break
      after = page.next
    }
    filter.free()
    return ids
  }
  const may = (action, type) =>
    engine.check({ subject, action, resource: { type, properties: {} } }, facts).decision === 'allow'
  const all = await list('record', 'read', ['published'])
  const uploads = await list('record', 'read_draft', ['published', 'draft', 'new_version_draft'])
  const { communities = [] } = engine.step({ do: 'list_communities', subject }, facts)
  const requests = await Promise.all(REQUESTS.map((type) => list(type, 'read')))
  return {
    records: may('search', 'record') ? all : null,
    records_latest: may('search', 'record') ? all.filter((id) => records[id].versions.is_latest) : null,
    // Upstream shows one entry for a record and its drafts: the newest.
    drafts: may('search_drafts', 'record') ? uploads.filter((id) => records[id].versions.is_latest_draft) : null,
    communities: may('search', 'site') ? communities.map(({ id }) => id) : null,
    requests: may('search_user_communities', 'site') ? requests.flat() : null,
  }
}

/**
 * Searches that differ, and why: upstream's filter is not its single check. Each rule speaks of one id that one side finds and the
 * other does not (`extra`: found here alone). `upstream(action, id)` is what upstream itself decided of it.
 */
export const RULES = [
  {
    name: 'what-may-not-be-read-is-not-found',
    applies: ({ what, extra, upstream, id }) =>
      !extra && what !== 'requests' && !upstream(what === 'drafts' ? 'read_draft' : 'read', id),
    reason:
      'its filter knows neither denials nor that a link has ended, and shows moderators every community: upstream denies these',
  },
  {
    name: 'whoever-is-denied-finds-no-requests-by-their-records',
    applies: ({ what, extra, denied }) => what === 'requests' && !extra && denied('administration-moderation'),
    reason:
      'a denial of `administration-moderation` takes back what being able to preview a record gives; its filter knows no denials',
  },
  {
    name: 'reviewers-find-what-they-review',
    applies: ({ what, extra, upstream, id, record }) =>
      what === 'drafts' && extra && upstream('read_draft', id) && record(id).parent.review !== undefined,
    reason: 'its condition on reviewers has no filter: they may read these drafts and do not find them',
  },
  {
    name: 'administrators-find-requests',
    applies: ({ what, extra, allowed }) => what === 'requests' && extra && allowed('administration-access'),
    reason: 'its condition on administrators has no filter: they may read every request and find none',
  },
  {
    name: 'requests-go-with-their-record-as-it-is',
    applies: ({ what, extra, upstream, id, record }) =>
      what === 'requests' &&
      extra &&
      record(id).status !== 'created' &&
      upstream('read_draft', record(id).topic.record),
    reason: 'who previews the record reads the request; its index holds who did when the request was last written',
  },
]

/** Searches that agree, those that depart by a rule (by its name), and those that differ. */
export async function compareSearches(engine, store, facts, records, decided, actions) {
  const departs = Object.fromEntries(RULES.map(({ name }) => [name, 0]))
  const differs = []
  let agree = 0
  for (const [name, searches] of Object.entries(decided.search)) {
    const principal = decided.principals[name]
    const given = await found(engine, store, facts, subjectOf(name, principal), records)
    for (const [what, set] of Object.entries(searches)) {
      const [here, there] = [given[what], set === null ? null : decided.sets[set]]
      if (here === null || there === null) {
        if (here === there) agree += 1
        else differs.push({ what, name, refused: there === null })
        continue
      }
      const odd = [
        ...here.filter((id) => !there.includes(id)).map((id) => ({ id, extra: true })),
        ...there.filter((id) => !here.includes(id)).map((id) => ({ id, extra: false })),
      ]
      if (odd.length === 0) agree += 1
      for (const one of odd) {
        const about = { ...one, what, record: (id) => records[id], ...sayings(decided, name, principal, actions) }
        const rule = RULES.find(({ applies }) => applies(about))
        if (rule) departs[rule.name] += 1
        else differs.push({ what, name, ...one })
      }
    }
  }
  return { agree, departs, differs }
}

/** What upstream says of a principal. */
function sayings(decided, name, { provides }, actions) {
  const upstream = (action, id) =>
    Object.entries(decided.decisions).some(
      ([group, principals]) =>
        decided.groups[group].includes(id) && decided.sets[principals[name][action]]?.includes(id),
    )
  const said = (exclude) => (action) =>
    actions.some(
      (row) =>
        row.action === action &&
        row.exclude === exclude &&
        provides.some(([kind, id]) => kind === (row.type === 'user' ? 'id' : row.type) && id === String(row.subject)),
    )
  return { upstream, allowed: said(false), denied: said(true) }
}

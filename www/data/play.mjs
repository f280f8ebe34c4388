// Plays the histories of records through the engine, as the people of their communities would have made them.

/** Roles that may do a step, and those whose word goes for all of them. */
const DOERS = {
  'request-approval': ['curator', 'manager', 'admin'],
  approve: ['curator', 'manager', 'admin'],
  publish: ['publisher', 'admin'],
}
const WAY = ['request-approval', 'approve', 'publish', 'remove']
const STEPS = { editing: 0, 'pending-approval': 1, approved: 2, published: 3, deleted: 4 }

/** A site administrator, who takes published records away; the one superuser, where nobody else would do. */
const ADMINISTRATOR = 6
const SUPERUSER = 1

/** Records by id, requests among them. `among` chooses from a list by a text. */
export function play(engine, facts, begun, among) {
  const records = {}
  for (const { document, state } of begun) {
    records[document.id] = document
    for (const step of WAY.slice(0, STEPS[state])) take(step, document.id)
  }
  return Object.fromEntries(Object.entries(records).toSorted(([a], [b]) => (a < b ? -1 : 1)))

  function take(step, id) {
    const { communities, owners } = records[id]
    const staff = facts.memberships
      .filter(({ community, user }) => community === communities.primary && user !== undefined)
      .filter(({ role }) => role.some((one) => DOERS[step]?.includes(one)))
      .map(({ user }) => user)
    const first =
      step === 'request-approval' ? [owners[0].user] : staff.length > 0 ? [among(staff, `${id} ${step}`)] : []
    const tried = step === 'remove' ? [ADMINISTRATOR] : [...first, ...staff, SUPERUSER]
    if (!tried.some((user) => run(step, id, user))) throw new Error(`nobody may ${step} ${id}`)
  }

  function run(transition, id, user) {
    const params = {
      ...(transition === 'request-approval' && { request: `review-${id}`, review: true }),
      ...(transition === 'remove' && { reason: 'Removed on request of the depositor.' }),
    }
    const call = {
      do: 'transition',
      subject: { type: 'user', id: user },
      resource: { type: 'record', id },
      transition,
      params,
    }
    const done = engine.step(call, {
      ...facts,
      records: { [id]: records[id], ...requestOf(id) },
      time: MADE,
      complete: true,
    })
    if (done.t === 'need') throw new Error(`${transition} ${id}: needs ${JSON.stringify(done.wanted)}`)
    for (const { key, value } of done.changes) records[key.id] = value
    return done.outcome === 'ok'
  }

  function requestOf(id) {
    const request = records[id].review?.request
    return request === undefined ? {} : { [request]: records[request] }
  }
}

/** The day of the export. */
const MADE = Date.UTC(2026, 10, 21)

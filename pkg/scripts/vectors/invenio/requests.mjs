// What upstream's request policy answers, and its state machines: permission is checked before the state.
import { cell, list, named, NotUnderstood, only, sorted } from '../shape.mjs'
import { document } from '../world.mjs'
import { everybody } from './policies.mjs'
import { engineWith, factsOf, INVENIO, machineOf, RDM, yesNo } from './world.mjs'

/** Levels of record grants that let their holder preview the record. */
const PREVIEW = ['preview', 'edit', 'manage']
const OUTCOMES = { wrong_state: 'wrong state', denied: 'denied', unknown_transition: 'no such action' }

/** One row: a request in a status, and for each action who may. */
export async function requests(row, table, preset) {
  const keys = ['id', 'type', 'status', 'request', 'config', 'locked', 'reviewers', 'allow', 'executable_actions']
  only(row, keys, 'row')
  const machine = machineOf(row.type, preset)
  const engine = await engineWith(row.config, preset)
  const properties = requestOf(row, table)
  const mentioned = [row.request.created_by, row.request.receiver, row.request.topic].map((one) => one?.community)
  const communities = Object.fromEntries(mentioned.filter((id) => id !== undefined).map((id) => [id, {}]))
  const world = factsOf(table, communities)
  const records = preset === RDM ? offered(row, table) : {}
  const facts = engine.facts({ ...world, memberships: [...world.memberships, ...pending(row)], records })
  const resource = { type: row.type, id: row.id, properties }
  const asked = { engine, facts, resource, machine }
  const { in_state: startsHere } = engine.transitions({ subject: { type: 'system' }, resource }, facts)
  const cells = [
    cell('executable_actions', sorted(row.executable_actions), sorted(startsHere)),
    ...permissions(row, table, asked),
    ...outcomes(row, table, asked),
    fresh(row, table, engine),
  ]
  facts.free()
  return cells
}

/** Every action for every identity: the permission alone, whatever the status. */
function permissions(row, table, { engine, facts, resource, machine }) {
  const actions = new Set([...list(table.evaluated_actions, 'evaluated_actions'), ...Object.keys(row.allow)])
  return [...actions].flatMap((upstream) => {
    const action = nameOf(upstream)
    if (!machine.actions.includes(action)) throw new NotUnderstood(`action \`${upstream}\``)
    const moves = machine.transitions.some(({ name }) => name === action)
    const allowed = new Set(list(row.allow[upstream] ?? [], 'allow'))
    return everybody(table, allowed).map(([name, subject]) => {
      const given = moves
        ? engine.transitions({ subject, resource }, facts).in_any_state.includes(action)
        : yesNo(engine.check({ subject, action, resource }, facts).decision)
      return cell(`${upstream} ${name}`, allowed.has(name), given)
    })
  })
}

/** What becomes of every action of the state machine, run by everybody. */
function outcomes(row, table, { engine, facts, resource }) {
  const { actions } = named(table.request_types, row.type, 'request_types')
  const moves = table.evaluated_actions.filter((action) => action.startsWith('action_')).map(nameOf)
  return moves.flatMap((transition) => {
    const allowed = new Set(row.allow[`action_${transition}`])
    return everybody(table, allowed).map(([name, subject]) => {
      const done = engine.step({ do: 'transition', subject, resource, transition }, facts)
      const given =
        done.outcome === 'ok'
          ? done.changes.find(({ value }) => value?.$type === row.type).value.status
          : (OUTCOMES[done.error?.code] ?? 'unknown')
      return cell(`run ${transition} ${name}`, expected(actions[transition], row.status, allowed.has(name)), given)
    })
  })
}

function expected(move, status, permitted) {
  if (move === undefined) return OUTCOMES.unknown_transition
  only(move, ['status_from', 'status_to'], 'request_types')
  if (!permitted) return OUTCOMES.denied
  return list(move.status_from, 'status_from').includes(status) ? move.status_to : OUTCOMES.wrong_state
}

/** The membership that waits for an invitation or for a request to join. */
function pending({ id, type, status, request }) {
  const { invitation, application, invited, applied, joins_as: as } = document(INVENIO).membership
  const role = { [invitation.type]: invited, [application.type]: applied }[type]
  if (role === undefined || status !== 'submitted') return []
  const [one, other] = type === invitation.type ? ['created_by', 'receiver'] : ['receiver', 'created_by']
  return [{ community: request[one].community, user: request[other].user, role, as, request: id }]
}

/** The record a request is about, where answering it changes the record: a draft it reviews, or one that is published. */
function offered({ id, type, status, request }, table) {
  if (request.topic?.record === undefined) return {}
  const { access, owner } = table.record_topic
  const review = { id, status, receiver: request.receiver }
  const parent = { access: { owned_by: { user: owner } }, ...(type === 'community-submission' && { review }) }
  const record = { status: type === 'community-submission' ? 'draft' : 'published', access: { record: access }, parent }
  return { [request.topic.record]: record }
}

/** The status a new request has. */
function fresh(row, table, engine) {
  const { actions, create_action: create } = table.request_types[row.type]
  const { state } = engine.columns({ $type: row.type })
  return cell('created as', actions[create].status_to, state)
}

const nameOf = (upstream) => upstream.replace(/^action_/, '')

/** The request as lictor keeps it: upstream's own form, and beside it who may preview the record it is about. */
function requestOf(row, table) {
  only(row.request, ['created_by', 'receiver', 'topic'], 'request')
  const { created_by, receiver, topic } = row.request
  for (const [key, one] of Object.entries(row.request)) {
    if (one !== null) only(one, ['user', 'community', 'group', 'record', 'email'], `request.${key}`)
  }
  const groups = row.reviewers.map((one) => only(one, ['user', 'group'], 'reviewers'))
  const reviewers = {
    users: groups.flatMap(({ user }) => user ?? []),
    groups: groups.flatMap(({ group }) => group ?? []),
  }
  return {
    $type: row.type,
    status: row.status,
    ...(created_by && { created_by }),
    ...(receiver && { receiver }),
    ...(topic && { topic }),
    is_locked: row.locked,
    reviewers,
    ...(topic?.record !== undefined && { topic_readers: readersOf(topic.record, table) }),
  }
}

/** Who may preview the record: its owner, and who was given it. `grants` is text: `grantee: preview`. */
function readersOf(record, table) {
  const { name, access, owner, grants } = only(
    table.record_topic,
    ['name', 'access', 'owner', 'grants'],
    'record_topic',
  )
  if (record !== name) throw new NotUnderstood(`topic: no record \`${record}\``)
  if (!['public', 'restricted'].includes(access)) throw new NotUnderstood(`record_topic: access \`${access}\``)
  const given = grants.split(',').filter((text) => text.trim() !== '')
  const subjects = given.flatMap((text) => {
    const [, identity, permission] = /^\s*(\w+): (\w+)\s*$/.exec(text) ?? []
    if (identity === undefined) throw new NotUnderstood(`record_topic: grants \`${text}\``)
    return PREVIEW.includes(permission) ? [named(table.identities, identity, 'identities').id] : []
  })
  return [owner, ...subjects].map((id) => ({ subject: { type: 'user', id }, permission: 'preview' }))
}

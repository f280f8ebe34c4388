// What must hold whenever everything is quiet: the network is well, every device has looked, nothing waits.

import { engineOf } from './engines.mjs'
import { keyText } from './keys.mjs'
import { markersIn, written } from './ledger.mjs'

export const INVARIANTS = [
  'nothing lost',
  'exactly once',
  'replica is the projection',
  'no residue',
  'sound prediction',
  'same base, same answer',
  'revision moves with the projection alone',
  'one leader writes',
  'order of states',
]

export async function check(world) {
  checkDecided(world)
  checkOnce(world)
  checkBase(world)
  const facts = await world.host.store.all()
  const engine = await engineOf(world.model, world.host.policy)
  for (const device of world.devices) {
    const fresh = await projection(world, device)
    for (const tab of device.awake) checkReplica(world, device, tab, fresh)
    checkResidue(world, device, fresh)
    checkAnswers(world, device, engine, facts)
  }
}

/** Every intent that was said to be saved has its verdict on the device, unless the user gave it up. */
function checkDecided(world) {
  const known = new Map()
  for (const decision of world.ledger.decisions)
    known.set(decision.idem, [...(known.get(decision.idem) ?? []), decision])
  for (const device of world.devices) {
    const [tab] = device.awake
    const items = new Map(tab.client.outbox().map((item) => [item.intent.idem, item]))
    for (const [idem, { given, marker }] of device.saved) {
      if (given) continue
      const item = items.get(idem)
      if (item === undefined) {
        if (known.get(idem)?.some(({ r }) => r !== 'rejected')) continue
        if (!device.cleared.has(idem)) world.violate('nothing lost', `${device.name}: ${idem} is nowhere`)
        continue
      }
      if (item.verdict === undefined) {
        world.violate('nothing lost', `${device.name}: ${idem} is not decided`)
        continue
      }
      const { r, code } = item.verdict
      if (!known.get(idem)?.some((decision) => decision.r === r && decision.code === code))
        world.violate('exactly once', `${device.name}: the server never said ${r} to ${idem}`)
      if (r === 'rejected' && marker !== undefined && !tab.client.export().includes(marker))
        world.violate('nothing lost', `${device.name}: the refused text ${marker} cannot be exported`)
    }
  }
}

/** An idempotency key has one outcome, and the text it carries came into the store as often as it was accepted. */
function checkOnce(world) {
  const { ledger } = world
  const accepted = new Map()
  for (const [idem, decisions] of ledger.decided()) {
    const outcomes = new Set(decisions.map(({ user, r, code }) => `${user} ${r} ${code}`))
    if (outcomes.size > 1) world.violate('exactly once', `${idem} was decided as ${[...outcomes].join(' and ')}`)
    if (decisions.filter(({ effects }) => effects).length > 1) world.violate('exactly once', `${idem} was done twice`)
    if (decisions[0].r === 'rejected') continue
    for (const marker of world.markersOf(idem)) accepted.set(marker, (accepted.get(marker) ?? 0) + 1)
  }
  for (const marker of world.sentMarkers()) {
    const [times, expected] = [ledger.introduced.get(marker) ?? 0, accepted.get(marker) ?? 0]
    if (times !== expected)
      world.violate('exactly once', `${marker} came into the store ${times} times, and was accepted ${expected} times`)
  }
  for (const [invariant, about] of ledger.faults) world.violate(invariant, about)
}

function checkBase(world) {
  for (const { device, n, predicted, r } of world.host.mismatches)
    world.violate('same base, same answer', `intent ${n} of ${device} was predicted ${predicted} and is ${r}`)
}

/** What the server would send to a device that never was. */
async function projection(world, { user, subs }) {
  const engine = await engineOf(world.model, world.host.policy)
  const body = {
    v: 1,
    device: `probe-${world.probes++}`,
    cookie: null,
    subs,
    have: { bundle: engine.policy.hash, schema: 1 },
    ackVerdicts: 0,
  }
  const headers = { 'content-type': 'application/json', user }
  const request = new Request('http://server/sync/pull', { method: 'POST', headers, body: JSON.stringify(body) })
  const { entries, closed } = await world.wait(world.host.handle(request).then((response) => response.json()))
  return { entries, closed }
}

function checkReplica(world, device, tab, fresh) {
  const { replica, closed } = tab.seen.replicas.at(-1)
  const here = byKey(replica.entries())
  const there = byKey(fresh.entries)
  const wrong = [...new Set([...there.keys(), ...here.keys()])].filter((key) => there.get(key) !== here.get(key))
  if (wrong.length > 0) {
    const about = wrong.slice(0, 3).map((key) => `${key}: here ${here.get(key)}, there ${there.get(key)}`)
    world.violate('replica is the projection', `${device.name}: ${about.join('; ')}`)
  }
  if (JSON.stringify(closed) !== JSON.stringify(fresh.closed))
    world.violate('replica is the projection', `${device.name}: what is complete differs from what the server says`)
}

/** Entries as bytes. Their order is the order in which they came, and means nothing. */
function byKey(entries) {
  return new Map(entries.map((entry) => [keyText(entry.k), JSON.stringify(entry)]))
}

/** No text of what the user no longer sees is on the device, outside of the user's own words. */
function checkResidue(world, device, fresh) {
  const visible = new Set(fresh.entries.map(({ k }) => keyText(k)))
  const isLost = (marker) => ![...(world.ledger.places.get(marker) ?? [])].some((place) => visible.has(place))
  const own = new Set([...device.saved.values()].map(({ marker }) => marker))
  const report = (where, text) => {
    for (const marker of markersIn(text)) {
      if (own.has(marker) || !isLost(marker)) continue
      world.violate(
        'no residue',
        `${device.name}: ${marker} of ${[...(world.ledger.places.get(marker) ?? [])]} is in ${where}`,
      )
    }
  }
  for (const { part, table, value } of device.medium.rows()) {
    if (part === 'view' && table !== 'bundles') report(`the view's ${table}`, readable(value))
    if (part === 'out' && table === 'kept') report('the outbox', quoted(world, value))
  }
  for (const { client, seen } of device.awake) {
    report('the replica', JSON.stringify(seen.replicas.at(-1).replica.entries()))
    for (const item of client.outbox()) report("a page's outbox", quoted(world, item))
  }
}

/** What a kept intent says that its user did not write: of texts that never were in the store nobody else knows. */
function quoted({ ledger }, row) {
  const own = markersIn(written(row.intent.args))
  return [...markersIn(JSON.stringify(row))].filter((one) => !own.has(one) && ledger.places.has(one)).join()
}

/** All text of a row, bytes read as UTF-8. */
function readable(value) {
  return JSON.stringify(value, (_, one) => (one instanceof Uint8Array ? new TextDecoder().decode(one) : one))
}

/** Whatever a device that is up to date knows, the server says too. */
function checkAnswers(world, device, engine, facts) {
  const subject = { type: 'user', id: device.user }
  const [{ client }] = device.awake
  for (const id of Object.keys(facts.records)) {
    const resource = { type: 'record', id }
    const told = engine.actions({ subject, resource }, facts)
    for (const [action, { decision, speculative }] of Object.entries(client.actions(resource))) {
      if (action === 'create' || decision === 'unknown' || speculative) continue
      world.counts.answers += 1
      if (decision !== told[action].decision)
        world.violate(
          'sound prediction',
          `${device.name}: ${action} ${id} is ${decision} here, ${told[action].decision} there`,
        )
    }
  }
}

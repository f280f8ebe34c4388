// Ask from Node: `node examples/node/index.mjs`. Keeps the facts in a store and writes what an operation changes.
import { createEngine } from 'lictor'
import { openMemoryStore } from 'lictor/store'

const engine = await createEngine()
const store = await openMemoryStore({
  communities: {
    cesnet: {
      title: 'CESNET',
      grants: { member: ['create', 'read'], curator: ['read', 'approve', 'request-changes'] },
    },
  },
  memberships: [
    { community: 'cesnet', user: 4, role: 'curator' },
    { community: 'cesnet', user: 7, role: 'member' },
  ],
  users: { 4: { roles: [] }, 7: { roles: [] } },
  records: {
    r1: {
      title: 'Snow depth 2026',
      communities: { primary: 'cesnet' },
      state: 'pending-approval',
      owners: [{ user: 7 }],
    },
  },
})

/** Looks up what the engine needs, at most a few rounds, then writes what it did. */
async function run(call) {
  const keys = []
  for (let round = 0; round < 4; round++) {
    const facts = await store.facts(keys)
    const result = engine.step(call, facts)
    if (result.t === 'need') keys.push(...result.wanted)
    else {
      if (result.outcome === 'ok') await store.commit(result.changes, facts.revision)
      return result
    }
  }
  throw new Error('the facts kept changing')
}

const resource = { type: 'record', id: 'r1' }
const facts = await store.all()
for (const id of [4, 7, 9]) {
  const { decision, remedies } = engine.check({ subject: { type: 'user', id }, action: 'approve', resource }, facts)
  console.log(`user ${id} approve r1: ${decision}`, remedies[0] ?? '')
}
const done = await run({ do: 'transition', subject: { type: 'user', id: 4 }, resource, transition: 'approve' })
console.log(
  done.outcome,
  done.events.map((event) => event.name),
)
console.log((await store.all()).records.r1.state)

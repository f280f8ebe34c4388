// A small repository in a store, put there without the command.
import { createEngine } from 'lictor'

/** A record of the community, in the state, owned by the user. */
export const record = (community, state, owner, secondary = []) => ({
  communities: { primary: community, secondary },
  state,
  owners: [{ user: owner }],
})

/** Opens the store with `open(engine)` and adds what the tests of questions ask about. The community `cesnet` is there. */
export async function seed(open, more = []) {
  const store = await open(await createEngine())
  const put = (key, value) => ({ op: 'put', key, value })
  const changes = [
    put({ relation: 'membership', community: 'cesnet', user: '2' }, { role: 'member' }),
    put({ relation: 'membership', community: 'cesnet', user: '3' }, { role: 'curator' }),
    put({ relation: 'membership', community: 'cesnet', user: '4' }, { role: 'publisher' }),
    put({ relation: 'user', id: '9' }, { roles: ['admins'] }),
    put({ relation: 'access', id: 'a1' }, { action: 'superuser-access', role: 'admins' }),
    put({ relation: 'access', id: 'a2' }, { action: 'superuser-access', user: 8, exclude: true }),
    put({ relation: 'record', id: 'pending' }, record('cesnet', 'pending-approval', 1)),
    put({ relation: 'record', id: 'published' }, record('cesnet', 'published', 1)),
    ...more,
  ]
  try {
    await store.commit(changes, await store.revision())
  } finally {
    await store.close()
  }
}

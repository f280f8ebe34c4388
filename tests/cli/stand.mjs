// A store in a folder of its own, and commands run on it as programs run them: what tests of commands have in common.

import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { createEngine } from 'lictor'
import { makeFolder } from './run.mjs'
import { checkShape } from './shapes.mjs'

/** To be called where tests are described; the store is there once they run. */
export function stand(make, { policy, env = {} } = {}) {
  const folder = makeFolder(env)
  let store
  before(async () => {
    store = await make(folder.path)
    folder.env.LICTOR_STORE = store.place
  })
  after(() => folder.remove())

  /** Works on the store itself, beside the command. */
  async function opened(work) {
    const open = await store.open(await createEngine(policy === undefined ? {} : { policy }))
    try {
      return await work(open)
    } finally {
      await open.close()
    }
  }

  /** All that is stored, as text. */
  const everything = () => opened(async (open) => JSON.stringify([await open.all(), await open.cells('')]))

  /** Runs a command that succeeds, and holds what it says to its shape. */
  async function ok(shape, ...args) {
    const { code, value, err } = await folder.json(...args)
    assert.equal(code, 0, err || JSON.stringify(value))
    assert.equal(err, '')
    checkShape(shape, value)
    return value
  }

  /** Runs one that is refused: it says why, and nothing is written. */
  async function refused(exit, code, ...args) {
    const was = await everything()
    const result = await folder.json(...args)
    assert.equal(result.code, exit, JSON.stringify(result.value))
    assert.equal(result.out, '')
    checkShape('error', result.value)
    assert.equal(result.value.error.code, code)
    assert.equal(await everything(), was, 'a refusal writes nothing')
    return result.value.error
  }

  return { folder, open: (engine) => store.open(engine), opened, everything, ok, refused }
}

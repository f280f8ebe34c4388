// What happens when others keep writing in between: three more tries, then exit code 4 and nothing done.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { createEngine } from 'lictor'
import { openMemoryStore } from 'lictor/store'

const { carryOut, failureOf } = await sources()

test('a write that meets others is decided anew', async () => {
  for (const [meetings, exit] of [
    [0, 0],
    [1, 0],
    [3, 0],
    [4, 4],
  ]) {
    const engine = await createEngine()
    const store = await openMemoryStore(
      { communities: { cesnet: { title: 'CESNET', grants: {} } } },
      { columns: engine },
    )
    const write = store.write.bind(store)
    let left = meetings
    let met = 0
    // Somebody else is faster: they grant something themselves, before each of our first writes.
    store.write = async (ours) => {
      if (left-- > 0) {
        const [{ key, value }] = ours.changes
        const grants = { curator: [engine.policy.actions[met++]] }
        await write({ changes: [{ op: 'put', key, value: { ...value, grants } }], expected: await store.revision() })
      }
      return write(ours)
    }
    const call = {
      do: 'allow',
      subject: { type: 'system' },
      community: 'cesnet',
      role: 'curator',
      actions: ['publish'],
    }
    const result = await carryOut(engine, store, call).then(
      () => 0,
      (error) => failureOf(error).exit,
    )
    assert.equal(result, exit, `${meetings} meetings`)
    const { communities } = await store.all()
    const theirs = met === 0 ? [] : [engine.policy.actions[met - 1]]
    const expected = exit === 0 ? [...theirs, 'publish'] : theirs
    assert.deepEqual(communities.cesnet.grants.curator.toSorted(), expected.toSorted())
  }
})

async function sources() {
  const source = (name) => fileURLToPath(new URL(`../../pkg/src/cli/${name}.ts`, import.meta.url))
  const contents = `export * from '${source('operate')}'\nexport * from '${source('failure')}'`
  const folder = mkdtempSync(join(tmpdir(), 'lictor-retry-'))
  const outfile = join(folder, 'operate.mjs')
  await build({ stdin: { contents, resolveDir: folder }, bundle: true, format: 'esm', platform: 'node', outfile })
  const found = await import(pathToFileURL(outfile).href)
  rmSync(folder, { recursive: true })
  return found
}

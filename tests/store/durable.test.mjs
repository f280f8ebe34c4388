// The store suite inside a Durable Object, in workerd; and workerd killed amid writes.

import assert from 'node:assert/strict'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { askObject, startWorkerd } from './durable.mjs'
import { cases } from './suite.mjs'

test('the suite', async (t) => {
  const host = await startWorkerd()
  try {
    for (const [index, { name }] of cases.entries()) {
      await t.test(name, async (t) => {
        const { failure, notes } = await askObject(host, `case ${index}`, `case/${index}`)
        for (const note of notes ?? []) t.diagnostic(note)
        assert.equal(failure, null)
      })
    }
  } finally {
    await host.dispose()
  }
})

test('workerd killed amid writes: what was answered is there, whole', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'lictor-durable-'))
  let answered = 0
  let found = 0
  try {
    for (let run = 0; run < 4; run++) {
      const host = await startWorkerd(folder)
      found = (await askObject(host, 'history', 'count')).n
      assert.ok(found >= answered, `${found} of ${answered} answered writes`)
      if (run === 3) {
        await host.dispose()
        break
      }
      let alive = true
      const writing = (async () => {
        while (alive) answered = Math.max(answered, (await askObject(host, 'history', 'write')).n)
      })().catch(() => {})
      while (answered < found + 5) await sleep(5)
      await sleep(Math.random() * 200)
      for (const pid of await workers()) process.kill(pid, 'SIGKILL')
      alive = false
      await writing
      await host.dispose()
    }
    t.diagnostic(`3 kills, ${answered} answered writes, 0 lost, 0 torn; ${found - answered} not answered survived`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

/** The workerd processes that this process started. */
async function workers() {
  const found = []
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    const [, name, parent] = /^\d+ \((.*)\) \S (\d+) /.exec(stat) ?? []
    if (name === 'workerd' && Number(parent) === process.pid) found.push(Number(pid))
  }
  return found
}

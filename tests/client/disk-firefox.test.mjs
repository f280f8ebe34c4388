// The disk's suite on IndexedDB in Firefox, which ends a transaction where Chromium does not (any await of its own), and
// how fast it is there.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { launchFirefox } from './disk/firefox.mjs'
import { serve } from './disk/serve.mjs'
import { speed } from './disk/speed.mjs'
import { cases } from './disk/suite.mjs'

let server
let firefox
before(async () => {
  server = await serve()
  firefox = await launchFirefox()
})
after(async () => {
  await firefox?.close()
  await server?.close()
})

test('the suite', async (t) => {
  const page = await firefox.page(server.origin('suite'))
  for (const [index, { name }] of cases.entries()) {
    await t.test(name, async (t) => {
      const { failure, notes } = await page.evaluate((i) => globalThis.disk.runInPage(i), index)
      for (const note of notes) t.diagnostic(note)
      assert.equal(failure, null)
    })
  }
})

test('fifty thousand entries: times, which nobody asserts', async (t) => {
  const page = await firefox.page(server.origin('speed'))
  for (const note of await page.evaluate(speed)) t.diagnostic(note)
})

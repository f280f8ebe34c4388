// The short form of `npm run prove` but its native part, which runs with `cargo test`.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TITLES } from './prove/js/parts.mjs'
import { runPart } from './prove/js/suite.mjs'

for (const [name, title] of Object.entries(TITLES)) {
  test(title, async (t) => {
    // The machine is shared with other tests.
    const { figures, faults } = await runPart(name, { workers: 3 })
    for (const [figure, value] of Object.entries(figures)) t.diagnostic(`${figure}: ${value}`)
    assert.deepEqual(faults, [])
  })
}

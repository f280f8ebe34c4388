// Runs histories in a process of its own, because a history replaces global objects: `{seed, model?, bug?}` in, results out.

import { bugs } from './bugs.mjs'
import { runHistory } from './history.mjs'

process.on('message', async ({ seed, model, bug }) => {
  let result
  try {
    result = await runHistory(seed, { model, ...(bug !== undefined && { bug: bugs[bug] }) })
  } catch (error) {
    result = { seed, violations: [{ seed, invariant: 'no fault', about: error.stack }], digest: '' }
  }
  process.send(result)
})
process.on('unhandledRejection', (error) => {
  throw error
})

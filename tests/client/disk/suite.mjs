// The suite every disk passes. Runtime-agnostic: it runs under Node and inside a page alike. A host says how:
//
//   open(options?)       a disk on a new place
//   another(disk)        a second one on the same place, as in another tab
//   reopen(disk)         closes it and opens the same place again
//   rows(disk)           every row that is stored: { part, table, key, value }
//   damage(disk, part, table, key, value?)   overwrites a row behind everybody's back, or deletes it
//   clear(disk)          the browser clears the site's databases
//   log(text)            for numbers that nobody asserts

import { outbox } from './suite-outbox.mjs'
import { change } from './suite-change.mjs'
import { parts } from './suite-parts.mjs'
import { sealed } from './suite-sealed.mjs'
import { view } from './suite-view.mjs'

export const cases = [...outbox, ...change, ...view, ...parts, ...sealed]

/** Runs one case and closes what it opened, whatever happens. */
export async function runCase({ run }, host) {
  const opened = new Set()
  const track = (disk) => {
    opened.add(disk)
    return disk
  }
  try {
    await run({
      ...host,
      open: async (options) => track(await host.open(options)),
      another: async (disk) => track(await host.another(disk)),
      reopen: async (disk) => track(await host.reopen(disk)),
    })
  } finally {
    for (const { outbox, view } of opened) await Promise.all([outbox.close(), view.close()])
  }
}

// The suite every store passes. Runtime-agnostic: plain functions and no imports but its neighbours, so that it runs
// under Node and inside a page alike. A host says how stores are made:
//
//   open(initial?, options?)   a new, otherwise empty store, with the columns of `columns.mjs`
//   another(store)   a second handle on the same data (a store without handles gives the same one)
//   reopen(store, options?)    closes it and opens the same data again; null where data does not outlive a store
//   log(text)        for numbers that nobody asserts
//   records          how many the case about size writes (50,000 if left out)

import { hostCases } from './host-suite.mjs'
import { commits } from './suite-commit.mjs'
import { facts } from './suite-facts.mjs'
import { input } from './suite-input.mjs'
import { model } from './suite-model.mjs'
import { volume } from './suite-volume.mjs'

export const cases = [...commits, ...facts, ...input, ...model, ...volume, ...hostCases]

/** Runs one case on stores of `host` and closes them all, whatever happens. */
export async function runCase({ run }, host) {
  const opened = new Set()
  const track = (store) => {
    opened.add(store)
    return store
  }
  try {
    await run({
      open: async (initial, options) => track(await host.open(initial, options)),
      another: async (store) => track(await host.another(store)),
      reopen: host.reopen && (async (store, options) => track(await host.reopen(store, options))),
      log: host.log,
      records: host.records ?? 50_000,
    })
  } finally {
    for (const store of opened) await store.close()
  }
}

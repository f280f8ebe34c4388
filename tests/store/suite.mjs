// The suite every store passes. Runtime-agnostic: plain functions and no imports but its neighbours, so that it runs
// under Node and inside a page alike. A host says how stores are made:
//
//   open(initial?)   a new, otherwise empty store
//   another(store)   a second handle on the same data (a store without handles gives the same one)
//   reopen(store)    closes it and opens the same data again; null where data does not outlive a store
//   log(text)        for numbers that nobody asserts

import { commits } from './suite-commit.mjs'
import { facts } from './suite-facts.mjs'
import { input } from './suite-input.mjs'
import { model } from './suite-model.mjs'
import { volume } from './suite-volume.mjs'

export const cases = [...commits, ...facts, ...input, ...model, ...volume]

/** Runs one case on stores of `host` and closes them all, whatever happens. */
export async function runCase({ run }, host) {
  const opened = new Set()
  const track = (store) => {
    opened.add(store)
    return store
  }
  try {
    await run({
      open: async (initial) => track(await host.open(initial)),
      another: async (store) => track(await host.another(store)),
      reopen: host.reopen && (async (store) => track(await host.reopen(store))),
      log: host.log,
    })
  } finally {
    for (const store of opened) await store.close()
  }
}

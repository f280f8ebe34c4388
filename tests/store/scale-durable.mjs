// What a list costs in a Durable Object's SQLite: how many queries, and how many rows they read.

import { askObject, startWorkerd } from './durable.mjs'

export async function openDurableProbe() {
  const host = await startWorkerd()
  const ask = async (what, argument) => {
    const { failure, ...answer } = await askObject(
      host,
      'scale',
      `${what}/${encodeURIComponent(JSON.stringify(argument))}`,
    )
    if (failure) throw new Error(failure)
    return answer
  }
  return {
    name: 'SQLite in a Durable Object',
    unit: 'rows',
    list: async (query) => (await ask('list', query)).page,
    async grow(from, to) {
      // In pieces: one request does not hold the object for minutes.
      for (let start = from; start < to; start += 5000) await ask('grow', [start, Math.min(start + 5000, to)])
    },
    async cost(query) {
      const { queries, rows } = await ask('list', query)
      return { queries, touched: rows, wholeTables: [] }
    },
    close: () => host.dispose(),
  }
}

// workerd with the object of `worker.mjs` in it.

import { Miniflare } from 'miniflare'
import { workerScript } from './bundle.mjs'

/** `folder`: where objects are kept; without it they are forgotten at the end. */
export async function startWorkerd(folder = false) {
  return new Miniflare({
    compatibilityDate: '2026-04-01',
    modules: [{ type: 'ESModule', path: 'worker.js', contents: await workerScript('worker.mjs') }],
    durableObjects: { SUITE: { className: 'Suite', useSQLite: true } },
    durableObjectsPersist: folder,
  })
}

/** Asks the object of that name; `path` names a method, and its argument as JSON. */
export async function askObject(host, object, path) {
  const response = await host.dispatchFetch(`http://worker/${path}`, { headers: { object } })
  return response.json()
}

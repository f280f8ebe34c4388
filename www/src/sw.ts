/**
 * The service worker. It keeps the shell (page, scripts, styles) on the device, so that the page opens without a
 * network. And where a host serves files only, it is the server: the same handler that runs on Node answers under `api`.
 */
import type { Handler } from 'lictor/server'
import { openInWorker } from './api/worker.js'

declare const self: ServiceWorkerGlobalScope
/** Both are put in by the build: every file of the page, and a hash over all of them. */
declare const SHELL: string[]
declare const VERSION: string

const CACHE = `lictor-demo ${VERSION}`
const API = new URL('api', self.registration.scope).pathname
/** Said by the page when it registered this worker: it looked for a server and found none. */
const SERVES = new URL(self.location.href).searchParams.has('serve')

let handler: Promise<Handler> | undefined

self.addEventListener('install', (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(clear().then(() => self.clients.claim()))
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (origin !== self.location.origin) return
  if (pathname === API || pathname.startsWith(`${API}/`)) {
    // A real server is asked without a detour.
    if (SERVES) event.respondWith(serve(request))
  } else if (request.method === 'GET') event.respondWith(answer(request))
})

async function serve(request: Request): Promise<Response> {
  handler ??= openInWorker(API)
  try {
    return await (
      await handler
    )(request)
  } catch (error) {
    // It could not be opened; the next request tries anew.
    handler = undefined
    throw error
  }
}

async function fill(): Promise<void> {
  const cache = await caches.open(CACHE)
  // Past the HTTP cache: an old copy under a new version would stay for good.
  await cache.addAll(SHELL.map((path) => new Request(path, { cache: 'reload' })))
}

async function clear(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith('lictor-demo ') && name !== CACHE) await caches.delete(name)
  }
}

async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE)
  const kept = await cache.match(request.mode === 'navigate' ? './' : request)
  return kept ?? fetch(request)
}

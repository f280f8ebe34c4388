/**
 * The service worker: keeps the shell (page, scripts, styles, first records) on the device, so that the page opens
 * without a network. It holds no facts and decides nothing; those live in IndexedDB and in the engine.
 */
declare const self: ServiceWorkerGlobalScope
/** Both are put in by the build: every file of the page, and a hash over all of them. */
declare const SHELL: string[]
declare const VERSION: string

const CACHE = `lictor-demo ${VERSION}`

self.addEventListener('install', (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(clear().then(() => self.clients.claim()))
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  if (request.method !== 'GET' || new URL(request.url).origin !== self.location.origin) return
  event.respondWith(answer(request))
})

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

export {}

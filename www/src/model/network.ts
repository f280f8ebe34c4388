/** How this page reaches the server: where that is, the demo's token, and the switch that stands in for a lost network. */
import { signal } from '@preact/signals'
import { tokenOf } from '../token.js'
import { load, save, whenSavedElsewhere } from './memory.js'

/** The server is a process of its own, or, where a host serves files only, the service worker of this page. */
export type Place = 'network' | 'worker' | 'nowhere'
export const place = signal<Place>('network')

// Not `navigator.onLine`: a server on this machine is there without any network. What a try came to says it.
export const workOffline = signal(load('offline', '') === 'yes')

let breaker = new AbortController()

// Tabs are of one mind: whichever of them talks to the server talks for all.
whenSavedElsewhere('offline', (text) => turn(text === 'yes'))

export function setWorkOffline(offline: boolean): void {
  save('offline', offline ? 'yes' : '')
  turn(offline)
}

function turn(offline: boolean): void {
  workOffline.value = offline
  // What is under way breaks off, as it does when a cable is pulled.
  if (offline) breaker.abort()
  else breaker = new AbortController()
}

/** The `fetch` of one person's client. */
export function fetchAs(person: string): (url: string, init?: RequestInit) => Promise<Response> {
  return (url, init = {}) => {
    if (workOffline.value) return Promise.reject(new TypeError('working offline'))
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${tokenOf(person)}`)
    const signals = [breaker.signal, ...(init.signal ? [init.signal] : [])]
    return fetch(url, { ...init, headers, signal: AbortSignal.any(signals) })
  }
}

/** Finds the server, and registers the service worker as what it has to be. */
export async function findServer(): Promise<void> {
  const { serviceWorker } = navigator
  const kept = serviceWorker?.controller?.scriptURL
  const served = kept === undefined ? await hasServer() : !kept.endsWith('?serve')
  // Where there is no service worker (a plain http address that is not this machine) the page works, but not offline.
  const registered = serviceWorker?.register(served ? 'sw.js' : 'sw.js?serve').catch(() => undefined)
  if (served) return
  place.value = (await registered) ? 'worker' : 'nowhere'
  if (place.value === 'nowhere' || serviceWorker.controller) return
  await new Promise((resolve) => serviceWorker.addEventListener('controllerchange', resolve, { once: true }))
}

/** The file says that there is none; a server that is one answers this address itself. */
async function hasServer(): Promise<boolean> {
  const response = await fetch('server.json')
  const { server } = (await response.json()) as { server: boolean }
  return server
}

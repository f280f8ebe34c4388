/** Who is signed in on this device, and that person's client. Each person has a store of their own in this browser. */
import { batch, computed, signal } from '@preact/signals'
import { type Client, type OutboxItem, openClient, type Status } from 'lictor/client'
import { createEngine } from 'lictor'
import { theEngine } from './engine.js'
import { load, save, whenSavedElsewhere } from './memory.js'
import { fetchAs } from './network.js'
import { isPerson, NOBODY, subjectOf } from './people.js'

export const subjectId = signal(NOBODY)
export const client = signal<Client | null>(null)
export const status = signal<Status | null>(null)
export const outbox = signal<readonly OutboxItem[]>([])
/** Moves whenever an answer may be another one. */
export const version = signal(0)
/** Another text whenever what the server has confirmed is another thing, or can be read. */
export const confirmed = computed(() => JSON.stringify([status.value?.token, status.value?.locked]))

/** Somebody may change their mind while a client opens: the last one wins. */
let turn = 0

/** Signs in whoever was signed in when the page was left, and follows what other tabs do. */
export async function resume(): Promise<void> {
  whenSavedElsewhere('subject', (id) => void become(id))
  await become(load('subject', NOBODY))
}

/** The demo's sign-in: no password, the name is enough. Resolves when the page can be that person's. */
export async function signIn(id: string): Promise<void> {
  save('subject', id)
  await become(id)
}

/** Takes everything of this person off this device. Refused while there is work the server has not decided. */
export async function signOut({ force }: { force: boolean }): Promise<void> {
  await theClient().logout({ force })
  await signIn(NOBODY)
}

export function theClient(): Client {
  if (!client.value) throw new Error('nobody is signed in')
  return client.value
}

/** Resolves when there is a view to look at, or none to be had now. */
export async function firstView(): Promise<void> {
  const opened = client.value
  if (!opened) return
  const there = ({ token, sync }: Status): boolean => token !== null || sync !== 'syncing'
  if (there(opened.status())) return
  await new Promise<void>((resolve) => {
    const stop = opened.subscribe((_, now) => {
      if (!there(now)) return
      stop()
      resolve()
    })
  })
}

async function become(id: string): Promise<void> {
  const mine = ++turn
  if (id === subjectId.value && client.value) return
  const before = client.value
  subjectId.value = isPerson(id) ? id : NOBODY
  client.value = null
  status.value = null
  outbox.value = []
  await before?.close()
  if (subjectId.value === NOBODY || mine !== turn) return
  const opened = await openClient({
    engine: theEngine(),
    createEngine: ({ policy }) => createEngine({ policy }),
    url: new URL('api/sync', document.baseURI).href,
    name: 'lictor-demo',
    user: subjectOf(id),
    fetch: fetchAs(id),
  })
  if (mine !== turn) return opened.close()
  opened.subscribe((topic, now) => {
    if (client.value !== opened) return
    if (now.sync === 'logged-out') return void signIn(NOBODY)
    batch(() => {
      status.value = now
      if (topic === 'outbox') outbox.value = opened.outbox()
      if (topic === 'data') version.value += 1
    })
  })
  batch(() => {
    client.value = opened
    status.value = opened.status()
    outbox.value = opened.outbox()
    version.value += 1
  })
}

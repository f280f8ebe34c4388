/** How old what is shown is. Ticks, because it grows while nothing else happens. */
import { computed, signal } from '@preact/signals'
import { client, version } from './account.js'

const TICK_MS = 15_000

const now = signal(0)
setInterval(() => (now.value += 1), TICK_MS)

/** Milliseconds since the view was true; null before the first one. Any answer says it. */
export const age = computed<number | null>(() => {
  void now.value
  void version.value
  return client.value?.can('read', { type: 'record', id: '-' }).age ?? null
})

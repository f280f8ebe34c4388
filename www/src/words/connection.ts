/** How things stand between this device and the server, in words. */
import type { Prediction, Status } from 'lictor/client'

export interface Standing {
  label: string
  kind: 'on' | 'off' | 'busy' | 'stop'
  meaning: string
}

/** `cut`: the switch is on, whatever the client found out last. */
export function standing(status: Status | null, cut: boolean): Standing {
  const away = { label: 'Offline', kind: 'off', meaning: 'Answers come from this device; changes wait on it.' } as const
  if (!status) return { label: 'Signed out', kind: 'stop', meaning: 'Nobody is signed in on this device.' }
  if (cut) return away
  switch (status.sync) {
    case 'idle':
      return status.undecided > 0
        ? { label: 'Syncing', kind: 'busy', meaning: 'Changes are on their way.' }
        : { label: 'Online', kind: 'on', meaning: 'What is shown is what the server has.' }
    case 'syncing':
      return { label: 'Syncing', kind: 'busy', meaning: 'Asking the server what is new.' }
    case 'offline':
      return away
    case 'retrying':
      return { label: 'Retrying', kind: 'busy', meaning: 'The server is in trouble; it is asked again by itself.' }
    case 'signed-out':
    case 'logged-out':
    case 'closed':
      return { label: 'Signed out', kind: 'stop', meaning: 'The server wants you to sign in again. Your work is kept.' }
    case 'too-old':
      return { label: 'Reload', kind: 'stop', meaning: 'The server speaks a newer language than this page: reload it.' }
    case 'no-policy':
      return { label: 'Reload', kind: 'stop', meaning: 'The rules changed and could not be loaded: reload the page.' }
  }
}

const RESOLVE: { [how in NonNullable<Prediction['resolve']>]: string } = {
  online: 'The server can tell: go online.',
  sync: 'It will be known after the next sync.',
  wait: 'It will be known once your waiting changes are decided.',
  unlock: 'It is locked on this device: sign in online to open it.',
}

/** What would settle an unknown. */
export function resolvePhrase(resolve: string | undefined): string | null {
  return resolve === undefined ? null : (RESOLVE[resolve as keyof typeof RESOLVE] ?? null)
}

/** "just now", "3 min ago", "2 days ago". */
export function ago(ms: number): string {
  const steps: [number, string][] = [
    [86_400_000, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'min'],
  ]
  for (const [size, word] of steps) {
    const count = Math.floor(ms / size)
    if (count >= 1) return `${count} ${word}${count > 1 && word !== 'min' ? 's' : ''} ago`
  }
  return 'just now'
}

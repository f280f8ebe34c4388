/** Something the server decides at once: what came of it is told, and nothing is offered meanwhile. */
import { signal } from '@preact/signals'
import { complaint, message } from '../model/run.js'

export const working = signal(false)

/** Without a word for it, what was done is seen by itself. */
export async function attempt(done: string | null, work: () => Promise<void>): Promise<void> {
  working.value = true
  try {
    await work()
    if (done !== null) message.value = { kind: 'good', text: done }
  } catch (error) {
    message.value = { kind: 'bad', text: `Refused: ${complaint(error)}` }
  } finally {
    working.value = false
  }
}

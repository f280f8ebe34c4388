import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { addMany, MANY, startAgain } from '../model/desk.js'
import { go } from '../model/route.js'
import { complaint, message } from '../model/run.js'
import { aside, held } from '../model/state.js'

const number = new Intl.NumberFormat('en')

/** More records on the server, or back to its beginning. */
export function Supply(): JSX.Element {
  const stored = useSignal<number | null>(null)
  const working = stored.value !== null

  /** Runs a long job with a bar, says how it ended, and never leaves the buttons off. */
  const work = async (job: () => Promise<string>): Promise<void> => {
    stored.value = 0
    try {
      message.value = { kind: 'good', text: await job() }
    } catch (error) {
      message.value = { kind: 'bad', text: complaint(error) }
    } finally {
      stored.value = null
    }
  }

  const add = (): Promise<void> =>
    work(async () => {
      const start = performance.now()
      await addMany((count) => {
        stored.value = count
      })
      const seconds = ((performance.now() - start) / 1000).toFixed(1)
      return `${number.format(MANY)} records added on the server, and those you may see are here, in ${seconds} s.`
    })

  const reset = async (): Promise<void> => {
    if (!confirm('Set the server back to the first records, for everybody?')) return
    await work(async () => {
      await startAgain()
      aside.value = new Set()
      go('records')
      return 'As on the first day.'
    })
  }

  return (
    <section class="supply" aria-labelledby="supply-head">
      <h2 id="supply-head">Records</h2>
      <p>
        {number.format(held())} records are on this device. More can be made on the server; it sends this device those
        you may see.
      </p>
      <div class="buttons">
        <button type="button" class="solid" data-testid="add-many" disabled={working} onClick={() => void add()}>
          Add {number.format(MANY)} records
        </button>
        <button type="button" class="plain" data-testid="reset" disabled={working} onClick={() => void reset()}>
          Start again
        </button>
      </div>
      {stored.value !== null && (
        <label class="progress">
          <progress max={MANY} value={stored.value} data-testid="add-progress" />
          {number.format(stored.value)} of {number.format(MANY)}
        </label>
      )}
    </section>
  )
}

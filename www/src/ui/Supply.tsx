import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { generate } from '../generate.js'
import { Position } from './Activity.js'
import { clearLog } from '../model/log.js'
import { peopleOf } from '../model/people.js'
import { go } from '../model/route.js'
import { complaint, message, show, theDevice } from '../model/run.js'
import { aside, world } from '../model/state.js'

const MANY = 10_000
const number = new Intl.NumberFormat('en')

/** More records, or back to the beginning. */
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
      show(theDevice().world)
      stored.value = null
    }
  }

  const add = (): Promise<void> =>
    work(async () => {
      const { facts } = world.value
      // Fixed order and seed: pressing twice writes the same ten thousand again, not twenty.
      const users = peopleOf(facts)
        .filter(({ active }) => active)
        .map(({ id, name }) => ({ id: Number(id), name }))
      const communities = Object.keys(facts.communities ?? {}).sort()
      const start = performance.now()
      await theDevice().add(generate({ communities, users }, MANY), (count) => {
        stored.value = count
      })
      const seconds = ((performance.now() - start) / 1000).toFixed(1)
      return `${number.format(MANY)} records saved on this device in ${seconds} s.`
    })

  const reset = async (): Promise<void> => {
    if (!confirm('Forget everything done here and start again with the first records?')) return
    await work(async () => {
      await theDevice().reset()
      clearLog()
      aside.value = new Set()
      go('records')
      return 'As on the first day.'
    })
  }

  return (
    <section class="supply" aria-labelledby="supply-head">
      <h2 id="supply-head">Records on this device</h2>
      <p>
        {number.format(world.value.records.length)} records are stored in this browser, at revision{' '}
        <Position revision={world.value.revision} />. None of them leaves it.
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

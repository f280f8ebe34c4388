import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { generate } from '../generate.js'
import { primaryOf } from '../model/document.js'
import { clearLog } from '../model/log.js'
import { peopleOf } from '../model/people.js'
import { go } from '../model/route.js'
import { message, show, theDevice } from '../model/run.js'
import { aside, world } from '../model/state.js'

const MANY = 10_000
const number = new Intl.NumberFormat('en')

/** More records, or back to the beginning. */
export function Supply(): JSX.Element {
  const stored = useSignal<number | null>(null)
  const working = stored.value !== null

  const add = async (): Promise<void> => {
    stored.value = 0
    const { facts } = world.value
    // Fixed order and seed: pressing twice writes the same ten thousand again, not twenty.
    const users = peopleOf(facts)
      .filter(({ active }) => active)
      .map(({ id, name }) => ({ id: Number(id), name }))
    const communities = [...new Set(Object.values(theDevice().world.records).map(primaryOf))].sort()
    const start = performance.now()
    await theDevice().add(generate({ communities, users }, MANY), (count) => {
      stored.value = count
    })
    show(theDevice().world)
    stored.value = null
    message.value = {
      kind: 'good',
      text: `${number.format(MANY)} records saved on this device in ${((performance.now() - start) / 1000).toFixed(1)} s.`,
    }
  }

  const reset = async (): Promise<void> => {
    if (!confirm('Forget everything done here and start again with the first records?')) return
    stored.value = 0
    await theDevice().reset()
    clearLog()
    aside.value = new Set()
    show(theDevice().world)
    stored.value = null
    message.value = { kind: 'good', text: 'As on the first day.' }
    go('records')
  }

  return (
    <section class="supply" aria-labelledby="supply-head">
      <h2 id="supply-head">Records on this device</h2>
      <p>
        {number.format(world.value.records.length)} records are stored in this browser, at revision{' '}
        <code>{world.value.revision}</code>. None of them leaves it.
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

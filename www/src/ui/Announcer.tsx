import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { message } from '../model/run.js'
import { Icon } from './icons.js'

const SHOWN_MS = 6000

/** What came of the last thing done: seen for a while, and read out by a screen reader. */
export function Announcer(): JSX.Element {
  const said = message.value
  useEffect(() => {
    if (!said) return
    const timer = setTimeout(() => {
      if (message.value === said) message.value = null
    }, SHOWN_MS)
    return () => clearTimeout(timer)
  }, [said])
  return (
    <div class="announcer" role="status" aria-live="polite" data-testid="announcer">
      {said && (
        <p class={`said said-${said.kind}`}>
          <Icon name={said.kind === 'good' ? 'check' : 'bar'} />
          {said.text}
        </p>
      )}
    </div>
  )
}

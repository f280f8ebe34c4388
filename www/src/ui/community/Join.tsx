import type { Prediction } from 'lictor/client'
import type { JSX } from 'preact'
import { askToJoin, members } from '../../model/community.js'
import { subjectId } from '../../model/account.js'
import { attempt, working } from '../attempt.js'

/** Asking to join, where that is allowed; where it is not, the reason, if there is one worth telling. */
export function Join({ id, decision }: { id: string; decision: Prediction | undefined }): JSX.Element | null {
  const mine = members.value.get(id)?.find(({ user }) => user === subjectId.value)
  if (mine?.status === 'applied') return <p class="aside">Your request to join waits for an answer.</p>
  if (decision?.decision !== 'allow') return null
  const ask = (): Promise<void> => attempt('Asked to join.', () => askToJoin(id))
  return (
    <div class="buttons">
      <button type="button" class="solid" data-testid="join" disabled={working.value} onClick={() => void ask()}>
        Ask to join
      </button>
    </div>
  )
}

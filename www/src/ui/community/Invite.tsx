import type { Resource } from 'lictor'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { invite, members } from '../../model/community.js'
import { theEngine } from '../../model/engine.js'
import { people } from '../../model/people.js'
import { source } from '../../model/state.js'
import { attempt, working } from '../attempt.js'

/** Inviting somebody, with the roles the engine says this person may give. */
export function Invite({ id }: { id: string }): JSX.Element | null {
  const roles = theEngine().policy.roles.filter((role) => mayInvite(id, role))
  const [user, setUser] = useState('')
  const [role, setRole] = useState('')
  const [words, setWords] = useState('')
  if (roles.length === 0) return null
  const there = new Set((members.value.get(id) ?? []).map((member) => member.user))
  const chosen = role || roles[0] || ''
  const send = (): Promise<void> =>
    attempt('Invited.', async () => {
      await invite(id, { user, role: chosen, message: words.trim() })
      setUser('')
      setWords('')
    })
  return (
    <form
      class="give invite"
      data-testid="invite"
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      <select
        aria-label="Whom to invite"
        data-testid="invite-user"
        value={user}
        onChange={(event) => setUser(event.currentTarget.value)}
      >
        <option value="">Invite somebody …</option>
        {people
          .filter((person) => !there.has(person.id))
          .map((person) => (
            <option key={person.id} value={person.id}>
              {person.name}
            </option>
          ))}
      </select>
      <select
        aria-label="As what"
        data-testid="invite-role"
        value={chosen}
        onChange={(event) => setRole(event.currentTarget.value)}
      >
        {roles.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <input
        class="field"
        aria-label="A few words to them"
        placeholder="A few words to them"
        data-testid="invite-words"
        value={words}
        onInput={(event) => setWords(event.currentTarget.value)}
      />
      <button type="submit" class="solid" data-testid="invite-send" disabled={user === '' || working.value}>
        Invite
      </button>
    </form>
  )
}

/** Asked about the membership that is to be, as the server will ask it. */
function mayInvite(community: string, role: string): boolean {
  const properties = { community, role, type: 'user', visible: 'false' }
  const membership: Resource = { type: 'member', properties }
  return source.value?.actions(membership)['invite']?.decision === 'allow'
}

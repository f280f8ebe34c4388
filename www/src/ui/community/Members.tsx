import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import type { MemberView } from 'lictor'
import { subjectId } from '../../model/account.js'
import {
  askPermissions,
  changeMember,
  knowsAllMembers,
  leave,
  type Member,
  members,
  moved,
  type Named,
  permissions,
  type Permitted,
  removeMember,
} from '../../model/community.js'
import { workOffline } from '../../model/network.js'
import { nameOf } from '../../model/people.js'
import { titleOf } from '../../model/say.js'
import { either } from '../../words/names.js'
import { attempt, working } from '../attempt.js'
import { Avatar } from '../Avatar.js'
import { Icon } from '../icons.js'
import { Invite } from './Invite.js'

/** The members as this person sees them: all with roles, names only, or nobody but oneself. */
export function Members({ id }: { id: string }): JSX.Element {
  const shown = [...(members.value.get(id) ?? [])].sort(byRank)
  const token = moved.value
  const [person, away] = [subjectId.value, workOffline.value]
  useEffect(() => {
    // Without the server nothing is offered; who is there is shown all the same.
    askPermissions(id).catch(() => (permissions.value = null))
  }, [id, token, person, away])
  const may = permissions.value?.community === id ? permissions.value.of : []
  return (
    <section class="panel" aria-labelledby="members-head" data-testid="members">
      <h2 id="members-head">Members</h2>
      {!knowsAllMembers(id) && (
        <p class="caution" data-testid="members-partial">
          {shown.some(({ user }) => user !== subjectId.value)
            ? 'Those you are shown. There may be more.'
            : 'This community does not show you its members.'}
        </p>
      )}
      <ul class="members">
        {shown.map((member) => (
          <Row key={nameIn(member)} id={id} member={member} may={may.find((one) => sameAs(one, member))?.permissions} />
        ))}
      </ul>
      <Invite id={id} />
    </section>
  )
}

const nameIn = ({ user, group }: Pick<Member, 'user' | 'group'>): string => (user === undefined ? `@${group}` : user)
const named = ({ user, group }: Member): Named =>
  user === undefined ? { type: 'group', id: String(group) } : { type: 'user', id: user }
const sameAs = ({ member }: Permitted, other: Member): boolean =>
  member.type === named(other).type && member.id === named(other).id

const RANK = ['admin', 'manager', 'curator', 'publisher', 'member']

function byRank(a: Member, b: Member): number {
  const rank = ({ roles = [], status }: Member): number =>
    (status === 'active' ? 0 : 10) + Math.min(...roles.map((role) => RANK.indexOf(role)), 8)
  return rank(a) - rank(b) || display(a).localeCompare(display(b))
}

const display = ({ user, group }: Member): string => (user === undefined ? String(group) : nameOf(user))

interface RowProps {
  id: string
  member: Member
  may: MemberView['permissions'] | undefined
}

const STATUS: { [status in 'invited' | 'applied']: string } = { invited: 'invited', applied: 'asks to join' }

function Row({ id, member, may }: RowProps): JSX.Element {
  const { user, roles = [], visible, status } = member
  const who = named(member)
  const own = user === subjectId.value
  const name = display(member)
  return (
    <li data-testid={`member-${nameIn(member)}`} data-status={status} data-roles={roles.join(' ')}>
      {user === undefined ? <Icon name="users" /> : <Avatar id={user} name={name} />}
      <span class="member-name">
        <b>
          {name}
          {own && ' (you)'}
        </b>
        <small>
          {user === undefined ? 'everybody with this global role · ' : ''}
          {roles.length > 0 ? either(roles, 'and') : 'role not shown to you'}
          {status === 'invited' || status === 'applied' ? ` · ${STATUS[status]}` : visible ? ' · public' : ''}
        </small>
      </span>
      {may && status === 'active' && (
        <span class="member-deeds">
          {may.can_change_role && (
            <select
              aria-label={`Role of ${name}`}
              data-testid={`role-${nameIn(member)}`}
              disabled={working.value}
              value=""
              onChange={(event) =>
                void attempt(`${name} is ${event.currentTarget.value} in ${titleOf(id)} now.`, () =>
                  changeMember(id, who, { role: event.currentTarget.value }),
                )
              }
            >
              <option value="">{roles.join(' + ')}</option>
              {may.roles.map((role) => (
                <option key={role}>{role}</option>
              ))}
            </select>
          )}
          {may.can_change_visibility && (
            <button
              type="button"
              class="small-button"
              data-testid={`visible-${nameIn(member)}`}
              disabled={working.value}
              onClick={() =>
                void attempt(visible ? 'Hidden from visitors.' : 'Shown to visitors.', () =>
                  changeMember(id, who, { visible: !visible }),
                )
              }
            >
              {visible ? 'Hide' : 'Make public'}
            </button>
          )}
          {may.can_leave && (
            <button
              type="button"
              class="small-button"
              data-testid="leave"
              disabled={working.value}
              onClick={() => void attempt('You left.', () => leave(id))}
            >
              Leave
            </button>
          )}
          {may.can_remove && (
            <button
              type="button"
              class="round"
              aria-label={`Remove ${name}`}
              title={`Remove ${name}`}
              data-testid={`remove-${nameIn(member)}`}
              disabled={working.value}
              onClick={() => void attempt(`${name} is no longer a member.`, () => removeMember(id, who))}
            >
              <Icon name="close" />
            </button>
          )}
        </span>
      )}
    </li>
  )
}

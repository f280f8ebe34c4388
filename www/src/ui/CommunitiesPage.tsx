import type { JSX } from 'preact'
import { type Member, members, ownRoles, settingOf, words } from '../model/community.js'
import { href } from '../model/route.js'
import { communities } from '../model/state.js'
import { either } from '../words/names.js'
import { CommunityPage } from './community/CommunityPage.js'
import { Requests } from './community/Requests.js'
import { Icon, iconNamed } from './icons.js'

/** One community, or all this person may know of. */
export function CommunitiesPage({ id }: { id: string | null }): JSX.Element {
  return id === null ? <All /> : <CommunityPage id={id} key={id} />
}

function All(): JSX.Element {
  const ids = Object.keys(communities.value).sort()
  return (
    <div class="page" data-testid="communities-page">
      <h1>Communities</h1>
      <p class="lead">
        Each says itself who finds it, who submits to it and who reads what is restricted. Those you may not know of are
        not on this device.
      </p>
      <Requests />
      <ul class="communities">
        {ids.map((id) => (
          <Card key={id} id={id} />
        ))}
        {ids.length === 0 && <li class="nothing">No community is on this device yet.</li>}
      </ul>
    </div>
  )
}

function Card({ id }: { id: string }): JSX.Element {
  const community = communities.value[id] ?? {}
  const roles = ownRoles(id)
  const visibility = words().settings.find(({ key }) => key === 'visibility')
  const chosen = visibility?.values.find(({ value }) => value === settingOf(community as never, visibility))
  return (
    <li>
      <a class="community-card" href={href('communities', id)} data-testid={`community-${id}`}>
        <Icon name={iconNamed(chosen?.icon ?? 'globe')} />
        <span>
          <b>{community.title ?? id}</b>
          <small>
            {chosen?.label ?? 'Public'} · {count(members.value.get(id) ?? [])}
          </small>
        </span>
        {roles.length > 0 && <span class="own">{either(roles, 'and')}</span>}
        <Icon name="right" />
      </a>
    </li>
  )
}

function count(shown: readonly Member[]): string {
  const active = shown.filter(({ status }) => status === 'active').length
  if (active === 0) return 'members are not shown to you'
  return active === 1 ? 'one member shown to you' : `${active} members shown to you`
}

import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { ownRoles } from '../../model/community.js'
import { go, href } from '../../model/route.js'
import { names } from '../../model/say.js'
import { communities, source } from '../../model/state.js'
import { either } from '../../words/names.js'
import { Icon } from '../icons.js'
import { Join } from './Join.js'
import { Members } from './Members.js'
import { Requests } from './Requests.js'
import { Settings } from './Settings.js'

export function CommunityPage({ id }: { id: string }): JSX.Element {
  const page = useRef<HTMLDivElement>(null)
  useEffect(() => page.current?.focus({ preventScroll: true }), [id])
  const community = communities.value[id]
  return (
    <div
      class="page community"
      tabIndex={-1}
      ref={page}
      data-testid="community-page"
      onKeyDown={(event) => event.key === 'Escape' && go('communities')}
    >
      <a class="up" href={href('communities')}>
        <Icon name="back" />
        All communities
      </a>
      {community ? <Content id={id} title={community.title ?? id} /> : <Nothing id={id} />}
    </div>
  )
}

function Content({ id, title }: { id: string; title: string }): JSX.Element {
  const { description, website } = communities.value[id]?.metadata ?? {}
  const decisions = source.value?.actions({ type: 'community', id }) ?? {}
  const roles = ownRoles(id)
  return (
    <>
      <header class="community-head">
        <h1 data-testid="community-title">{title}</h1>
        <p class="lead">{typeof description === 'string' ? description : ''}</p>
        <p class="aside">
          {names.value.subject} {roles.length > 0 ? `is ${either(roles, 'and')} here` : 'has no role here'}.
          {typeof website === 'string' && (
            <>
              {' '}
              <code>{website.replace('https://', '')}</code>
            </>
          )}
        </p>
        <Join id={id} decision={decisions['request-membership']} />
      </header>
      <Requests community={id} />
      <Members id={id} />
      <Settings id={id} decision={decisions['update']} />
    </>
  )
}

/** The same for one that is hidden and one that never was. */
function Nothing({ id }: { id: string }): JSX.Element {
  return (
    <div class="gone" data-testid="community-not-found">
      <p class="gone-mark" aria-hidden="true">
        404
      </p>
      <h1>Not found</h1>
      <p>
        There is no community <code>{id}</code>, as far as {names.value.subject} can tell.
      </p>
    </div>
  )
}

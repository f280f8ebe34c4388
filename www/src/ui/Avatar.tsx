import type { JSX } from 'preact'
import { NOBODY } from '../model/people.js'

/** Initials on a hue of their own: enough to tell people apart at a glance, with no pictures to load. */
export function Avatar({ id, name }: { id: string; name: string }): JSX.Element {
  if (id === NOBODY)
    return (
      <span class="avatar avatar-none" aria-hidden="true">
        –
      </span>
    )
  const initials = name
    .split(' ')
    .map((word) => word.charAt(0))
    .join('')
    .slice(0, 2)
  // 137.5 degrees apart, neighbours in the list never look alike.
  const hue = Math.round((Number(id) * 137.5) % 360)
  return (
    <span class="avatar" style={{ '--hue': String(hue) }} aria-hidden="true">
      {initials}
    </span>
  )
}

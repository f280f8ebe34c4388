import type { JSX } from 'preact'
import { People } from './PeopleDialog.js'

/** Nobody is signed in, so there is nothing on this device to look at. */
export function Welcome(): JSX.Element {
  return (
    <div class="welcome" data-testid="welcome">
      <p class="eyebrow">A research repository that works without a network</p>
      <h1>Who are you today?</h1>
      <p class="lead">
        The server gives each person what that person may see. With it, this device answers on its own what they may do,
        online or not, and never says yes where the server will say no.
      </p>
      <People />
    </div>
  )
}

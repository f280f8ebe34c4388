/** How entities lie in a table: what else than its key one is found by. */

import { encoded } from './place.js'
import { holderOf, relationOf } from '../entities.js'
import { isPlainObject, parseJson } from '../json.js'

/** The second way to find an entity: a membership by its user (those of groups together), an access row by its action. */
export function sideOf(key: string, text: string): string | null {
  switch (relationOf(key)) {
    case 'membership':
      return userSide(holderOf(key))
    case 'access': {
      const value = parseJson(text, key)
      return actionSide(isPlainObject(value) && typeof value.action === 'string' ? value.action : '')
    }
    default:
      return null
  }
}

/** `user` as it stands in a key. */
export const userSide = (user: string): string => `user/${user}`
export const actionSide = (action: string): string => `action/${encoded(action)}`

/** The keys that start with a text: from it, and below this. */
export function endOf(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)
}

import type { HostStore } from '../../store/host.js'
import { admits } from '../../tools/accounts/admits.js'
import type { Authenticate } from '../context/make.js'

/**
 * The same sign-in, for those users only whose account is active and confirmed, or who have none here: an account that is
 * deactivated ends every way of signing in at once.
 */
export function onlyAdmitted(store: HostStore, authenticate: Authenticate): Authenticate {
  return async (request) => {
    const found = await authenticate(request)
    if (found === null || found instanceof Response || found.type !== 'user') return found
    return (await admits(store, String(found.id))) ? found : null
  }
}

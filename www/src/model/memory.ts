/** Small things the page remembers beside the store: who one acts as, the theme. Losing them loses nothing. */

const PREFIX = 'lictor-demo/'

export function load(key: string, otherwise: string): string {
  try {
    return localStorage.getItem(PREFIX + key) ?? otherwise
  } catch {
    // Storage can be forbidden; the page works without it.
    return otherwise
  }
}

export function save(key: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + key, value)
  } catch {
    // As above.
  }
}

/** Calls back with what another tab saved under this key. */
export function whenSavedElsewhere(key: string, saved: (value: string) => void): void {
  addEventListener('storage', (event) => {
    if (event.key === PREFIX + key && event.newValue !== null) saved(event.newValue)
  })
}

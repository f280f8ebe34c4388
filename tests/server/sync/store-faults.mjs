// A store whose writes can be made to fail: before they happen, or after, when the answer is lost.

/** `plan(write)` says what becomes of each write: `before`, `after`, or nothing. */
export function faulty(store, plan) {
  return new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(target, name)
      if (name !== 'write') return typeof value === 'function' ? value.bind(target) : value
      return async (write) => {
        const fate = plan(write)
        if (fate === 'before') throw lost('the connection broke before the write')
        const revision = await target.write(write)
        if (fate === 'after') throw lost('the connection broke after the write')
        return revision
      }
    },
  })
}

function lost(message) {
  return Object.assign(new Error(message), { name: 'StoreError', code: 'unavailable' })
}

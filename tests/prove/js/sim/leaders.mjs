// Who leads is who raised the fence last. Every write of a leader to the disk is looked at from outside, between the client
// and whatever disk it has: one that succeeds though another tab had taken over before it began is a fault.

const OUTBOX = ['settle', 'renumber', 'redact']
const VIEW = ['reset', 'begin', 'add', 'finish', 'patch', 'purge']

export class Leaders {
  /** How often the lead was taken on this disk, as it stands since the browser cleared it. */
  #taken = 0
  #clearing = 0

  constructor(told) {
    this.told = told
  }

  /** A disk that is cleared has forgotten every fence. */
  cleared() {
    this.#taken = 0
    this.#clearing += 1
  }

  /** One tab's disk, looked at. */
  watch({ outbox, view }) {
    const mine = { taken: 0, clearing: -1 }
    const claim = async () => {
      const fence = await outbox.claim()
      this.#taken += 1
      Object.assign(mine, { taken: this.#taken, clearing: this.#clearing })
      return fence
    }
    const look =
      (part, name) =>
      async (...given) => {
        const { clearing } = mine
        const late = clearing === this.#clearing && mine.taken < this.#taken
        const done = await part[name](...given)
        if (late && clearing === this.#clearing) this.told(`\`${name}\` of a tab that no longer leads was written`)
        return done
      }
    const looks = (part, names) => Object.fromEntries(names.map((name) => [name, look(part, name)]))
    return { outbox: over(outbox, { claim, ...looks(outbox, OUTBOX) }), view: over(view, looks(view, VIEW)) }
  }
}

function over(target, methods) {
  return new Proxy(target, {
    get(_, name) {
      if (Object.hasOwn(methods, name)) return methods[name]
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

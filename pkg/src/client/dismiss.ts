/** Forgetting what the server has decided, or putting an edited intent in its place. */

import type { Intent } from '../sync/protocol.js'
import type { Core } from './core.js'
import type { Make, Named, Outbox } from './disk/disk.js'
import { ClientError, isDisk } from './errors.js'

/** With `make`, stores another intent in its place, in the same transaction, and gives that. */
export async function dismiss(core: Core, { n, idem }: Named, make?: Make): Promise<Intent | undefined> {
  let tries = 0
  let made: string | undefined
  const noted: Make | undefined =
    make &&
    ((...given) => {
      const intent = make(...given)
      made = intent.idem
      return intent
    })
  const gone = (more = {}): ReturnType<Outbox['dismiss']> => {
    tries += 1
    return core.disk.outbox.dismiss({ n, idem }, more)
  }
  const done = await (
    noted === undefined ? core.strict(() => gone()) : core.numbered(noted, (numbered) => gone({ make: numbered }))
  ).catch((error: unknown) => {
    if (isDisk(error, 'undecided')) return 'undecided' as const
    throw error
  })
  await core.reloadOutbox()
  core.tell({ t: 'outbox' })
  // Memory had its verdict, and the disk lost it when it was cleared.
  if (done === 'undecided') throw new ClientError('undecided', `intent ${n} is sent again: wait for its verdict`)
  if (done !== null) return done.made
  // The browser ended the first try after it was done: then nobody must hear that it was not.
  const named = (name: string | undefined): Intent | undefined =>
    core.outbox.kept.find(({ intent }) => intent.idem === name)?.intent
  const isDone = tries > 1 && (make === undefined ? named(idem) === undefined : named(made) !== undefined)
  if (isDone) return named(made)
  throw new ClientError('no_intent', `intent ${n} is not there any more; look at \`outbox\` again`)
}

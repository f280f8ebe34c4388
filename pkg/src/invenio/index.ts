/**
 * `lictor/invenio`: what a real Invenio says over REST, as facts of the preset `invenio-rdm-36`. Shapes are mapped here and nothing else:
 * who may do what is the engine's word. Everything is read and checked before anything is written; then it is written in parts, rows
 * that deny first and records last, so an import that was cut short is gone on with by doing it again.
 */

import { LictorError } from '../errors.js'
import type { Cell, HostStore } from '../store/host.js'
import type { SyncEngine } from '../sync/engine.js'
import { communities } from './communities.js'
import { Files, type Source } from './files.js'
import { Log, type Noted } from './log.js'
import { type Entity, Made } from './made.js'
import { people } from './people.js'
import { records, secretLinks } from './records.js'
import { inclusionsIn, requests } from './requests.js'
import { writeAll, writeCells, type Written } from './write.js'

export type { Source } from './files.js'
export type { Noted, Why } from './log.js'
export type { Written } from './write.js'

export interface Imported {
  /** How many there are of each kind. */
  taken: { [kind: string]: number }
  /** What was not taken, or is not looked at, and why. */
  noted: Noted[]
  /** What became of it in the store. */
  written: Written
}

export interface ImportOptions {
  /** Called while files are read (`total` is not known then) and while entities are written. */
  onProgress?: (progress: { step: string; done: number; total?: number }) => void
}

/** Types that only this preset, and documents made from it, have together. */
const TYPES = [
  'record',
  'community-submission',
  'community-inclusion',
  'community-invitation',
  'community-membership-request',
]

/** Nothing is taken away: to hold what the export holds and no more, import into a new store. */
export async function importInvenio(
  engine: SyncEngine,
  store: HostStore,
  source: Source,
  { onProgress = () => undefined }: ImportOptions = {},
): Promise<Imported> {
  mustFit(engine)
  const log = new Log()
  const { made, roles } = await read(await Files.of(source, log), engine, log, onProgress)
  log.mustBeSound()
  mustBeFacts(engine, made)
  const entities = [...made.of('access'), ...made.of('user', 'membership', 'community'), ...made.of('record')]
  await writeCells(store, roles)
  const written = await writeAll(store, entities, (done) => onProgress({ step: 'write', done, total: entities.length }))
  return { taken: log.taken, noted: log.noted, written }
}

async function read(
  files: Files,
  engine: SyncEngine,
  log: Log,
  onProgress: NonNullable<ImportOptions['onProgress']>,
): Promise<{ made: Made; roles: Cell[] }> {
  const made = new Made()
  const step = (step: string, done: number): void => onProgress({ step, done })
  const roles = await people(files, made)
  step('people', made.of('user').length)
  const offers = await communities(files, engine, made)
  step('communities', made.of('community').length)
  const asked = await files.some('requests.json')
  const beside = { links: await secretLinks(files), inclusions: inclusionsIn(asked) }
  const topics = await records(files, engine, made, beside)
  step('records', topics.size)
  requests(asked, { engine, made, topics, offers })
  step('requests', asked.length)
  for (const name of files.unread)
    log.note(`files named ${name}`, DERIVED_FILES.includes(name) ? 'derived' : 'unknown', name)
  return { made, roles }
}

/** What upstream decided, and notes about the export itself: nothing to import. */
const DERIVED_FILES = ['decisions.json', 'notes.json', 'README.md']

function mustFit({ policy }: SyncEngine): void {
  const keys = [...policy.types, ...policy.machines.flatMap(({ types }) => types)].map(({ key }) => key)
  const lacking = TYPES.filter((type) => !keys.includes(type))
  if (lacking.length === 0) return
  const message = `the policy \`${policy.name}\` has no type \`${lacking[0]}\`; take \`invenio-rdm-36\`, or one made from it`
  throw new LictorError([{ code: 'unknown_type', path: 'policy', message }])
}

/** What the engine will not read is told now, by the place where it stands in the export. */
function mustBeFacts(engine: SyncEngine, made: Made): void {
  const memberships = made.of('membership')
  const access = made.of('access')
  const byId = (entities: Entity[]): { [id: string]: never } =>
    Object.fromEntries(entities.map(({ key, value }) => ['id' in key ? key.id : '', value as never]))
  try {
    const read = engine.facts({
      users: byId(made.of('user')),
      communities: byId(made.of('community')),
      memberships: memberships.map(
        ({ key, value }) => ({ ...key, relation: undefined, ...(value as object) }) as never,
      ),
      access: access.map(({ value }) => value as never),
      complete: true,
    })
    read.free()
  } catch (error) {
    if (!(error instanceof LictorError)) throw error
    const faults = error.faults.map(({ path, ...fault }) => {
      const [, list, row, rest = ''] = /^facts\.(memberships|access)\[(\d+)\](.*)$/.exec(path) ?? []
      const from = list === undefined ? undefined : (list === 'access' ? access : memberships)[Number(row)]?.path
      return { ...fault, path: from === undefined ? path : `${from}${rest}` }
    })
    throw new LictorError(faults, { cause: error })
  }
}

/** `lictor import`: what another system holds, into a store. */

import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { Imported, Noted, Source, Why, importInvenio } from '../../invenio/index.js'
import type { HostStore } from '../../store/host.js'
import type { SyncEngine } from '../../sync/engine.js'
import { EXIT, Failure, isNamed, usage } from '../failure.js'
import { filled, withCommonOptions } from '../options.js'
import type { Output } from '../output.js'
import { withStore } from '../session.js'
import { shown } from '../text.js'
import { examples } from './help.js'

/** The policy that the words of such an export are of. */
const POLICY = 'invenio-rdm-36'
/** A larger file is refused before it is read: JSON is parsed whole. */
const MAX_BYTES = 268_435_456
/** Folders within the folder that is named. */
const DEPTH = 2
const MAX_FILES = 100_000

export function addImport(program: Command): void {
  const group = withCommonOptions(program.command('import').description('take over what another system holds'))
  const invenio = group
    .command('invenio')
    .description(`REST JSON of an Invenio; the policy is ${POLICY} if none is named`)
  invenio.argument(
    '<directory>',
    'holds communities.json, members/SLUG.json, users.json, records.json, and more',
    filled,
  )
  withCommonOptions(invenio).action(importFolder)
  invenio.addHelpText(
    'after',
    `
Everything is read and checked first; a fault anywhere, and nothing is written. What is in the store already is replaced
if it differs, and nothing is taken away. An import that was cut short goes on when it is run again.`,
  )
  examples(invenio, [
    'lictor import invenio ./export',
    'lictor import invenio ./export --store postgres://localhost/repo --json',
  ])
}

async function importFolder(folder: string, _: unknown, command: Command): Promise<void> {
  const source = sourceOf(folder)
  type Options = Parameters<typeof importInvenio>[3]
  const take = async (engine: SyncEngine, store: HostStore, options?: Options): Promise<Imported> => {
    const { importInvenio } = await import('../../invenio/index.js')
    const done = importInvenio(engine, store, source, options)
    return done.catch((error: unknown) => Promise.reject(inFolder(error)))
  }
  // What was read for the trial need not be told again.
  let tried = false
  const trial = async (engine: SyncEngine, store: HostStore, output: Output): Promise<void> => {
    tried = true
    const told = progress(output)
    await take(engine, store, { onProgress: (at) => at.total === undefined && told(at) })
  }
  await withStore(
    command,
    async ({ engine, store, output }) => {
      tell(await take(engine, store, { onProgress: progress(output, tried) }), folder, output)
    },
    { create: true, trial, policy: POLICY },
  )
}

function sourceOf(folder: string): Source {
  const names = namesIn(folder)
  return {
    names: () => names,
    read: (name) => {
      const file = join(folder, name)
      const { size } = statSync(file)
      if (size > MAX_BYTES) throw usage(`\`${file}\` is larger than ${MAX_BYTES} bytes`)
      return readFileSync(file, 'utf8')
    },
  }
}

/** Files only: what a link points to may be anywhere. */
function namesIn(folder: string): string[] {
  const names: string[] = []
  const walk = (under: string, depth: number): void => {
    for (const entry of entriesOf(join(folder, under))) {
      const name = under === '' ? entry.name : `${under}/${entry.name}`
      if (entry.isDirectory() && depth < DEPTH) walk(name, depth + 1)
      else if (entry.isFile()) names.push(name)
      if (names.length > MAX_FILES) throw usage(`\`${folder}\` holds more than ${MAX_FILES} files`)
    }
  }
  walk('', 1)
  return names
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    throw usage(`\`${folder}\` cannot be read: ${(error as Error).message}`)
  }
}

/** Long work is told of at every tenth of it. */
function progress(output: Output, read = false): (at: { step: string; done: number; total?: number }) => void {
  let tenth = 0
  return ({ step, done, total }) => {
    if (total === undefined) return read ? undefined : output.note(`read ${step}: ${done}`)
    const now = Math.floor((done * 10) / total)
    if (now > tenth && now < 10) output.note(`wrote ${done} of ${total}`)
    tenth = now
  }
}

const WHY: { [why in Why]: string } = {
  derived: 'not taken: it is worked out here, or said in another file',
  no_place: 'not taken: there is no place for it here',
  kept: 'kept as it is: no rule looks at it',
  unknown: 'not understood',
}

function tell({ taken, noted, written }: Imported, folder: string, output: Output): void {
  const { made, replaced, same } = written
  const counts = Object.entries(taken).map(([kind, count]) => `- ${kind}: ${count}`)
  const parts = (Object.keys(WHY) as Why[]).flatMap((why) =>
    section(
      WHY[why],
      noted.filter((one) => one.why === why),
    ),
  )
  output.done({ folder, taken, noted, written }, [
    output.paint(`Imported ${shown(folder)}: ${made} new, ${replaced} replaced, ${same} as they were`, 'green'),
    ...counts,
    ...parts,
  ])
}

function section(title: string, noted: Noted[]): string[] {
  if (noted.length === 0) return []
  return [`${title}:`, ...noted.map(({ what, count, example }) => `- ${shown(what)}: ${count} (${shown(example)})`)]
}

/** Every fault on a line of its own, by the file and the place in it. */
function inFolder(error: unknown): unknown {
  if (!isNamed(error, 'LictorError') || !('faults' in error)) return error
  const faults = error.faults as { path: string; message: string; code: string }[]
  const said = `${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}; nothing was written`
  const lines = faults.map(({ path, message }) => `${path}: ${message}`)
  return new Failure(EXIT.refused, error.code, [said, ...lines].join('\n'), { path: error.path, faults, cause: error })
}

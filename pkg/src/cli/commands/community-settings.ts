/** `lictor communities settings`, `show` and `set`: what a community can be told, what it is told, and telling it. */

import type { Command } from 'commander'
import { type Setting, guardsIn, object, settingsIn, templatesIn, valueAt } from '../../policy-words.js'
import type { SyncEngine } from '../../sync/engine.js'
import type { CommunityView, FieldChange, Json, JsonObject } from '../../types.js'
import { type Failure, told, usage } from '../failure.js'
import { type Given, collected, givenValues } from '../given.js'
import { namingKnown } from '../known.js'
import { carryOut, resolve } from '../operate.js'
import { filled, withCommonOptions } from '../options.js'
import { askerOf, withEngine, withStore } from '../session.js'
import { shown } from '../text.js'
import { examples } from './help.js'

export function addCommunitySettings(group: Command): void {
  const settings = group.command('settings').description('list the settings communities have, and templates of them')
  withCommonOptions(settings).action(listSettings)
  examples(settings, ['lictor communities settings', 'lictor communities settings --json'])

  const show = group.command('show').description('show a community and its settings').argument('<id>', 'its id', filled)
  show.option('--as <user>', 'as this user sees it', filled)
  withCommonOptions(show).action(showCommunity)
  examples(show, ['lictor communities show cesnet'])

  const set = group.command('set').description('change settings of a community, all or none')
  set.argument('<id>', 'its id', filled)
  set.argument('[values...]', 'KEY=VALUE: settings by name, other fields by address (`metadata.description=...`)')
  set.option('--template <name>', 'the values of a template; KEY=VALUE beside it wins', filled)
  set.option('--unset <key>', 'back to what is usual (repeatable)', collected)
  set.option('--as <user>', 'decide whether this user may', filled)
  withCommonOptions(set).action(setValues)
  examples(set, [
    'lictor communities set cesnet visibility=restricted members_visibility=hidden',
    'lictor communities set cesnet --template academic-journal',
    "lictor communities set cesnet metadata.description='A testing community' --as 4",
  ])
}

async function listSettings(_: unknown, command: Command): Promise<void> {
  await withEngine(command, ({ engine, output }) => {
    const [settings, templates, guards] = [settingsIn(engine), templatesIn(engine), guardsIn(engine)]
    const lines = settings.flatMap(({ key, label, description, default: usual, values }) => [
      [output.paint(shown(key), 'green'), shown(sentences(label, description))].join(' - '),
      ...values.map(({ value, label, effect }) => {
        const name = value === usual ? `${value} (usual)` : value
        return shown(`  ${name}: ${effect || label}`)
      }),
    ])
    output.result({ settings, templates, guards }, [
      ...(lines.length > 0 ? lines : ['Communities have no settings under this policy.']),
      ...titled(
        'Templates:',
        templates.map(({ key, label, reason, settings }) => {
          const values = Object.entries(settings).map(([at, value]) => `${keyAt(engine, at)}=${value}`)
          return `- ${key} (${label}): ${values.join(' ')}. ${reason}`
        }),
      ),
      ...titled(
        'Always held:',
        guards.map(({ name }) => `- ${name}`),
      ),
    ])
  })
}

function sentences(...texts: string[]): string {
  return texts
    .filter((text) => text !== '')
    .map((text) => text.replace(/\.?$/, '.'))
    .join(' ')
}

function titled(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map(shown)]
}

async function showCommunity(id: string, options: { as?: string }, command: Command): Promise<void> {
  await withStore(command, async ({ engine, store, output }) => {
    const subject = askerOf(options)
    const { value } = await resolve(engine, store, { do: 'read_community', subject, id }).catch((error) =>
      namingKnown(error, id, { engine, store, subject }),
    )
    const view: Partial<CommunityView> = value.community ?? {}
    const { title = id, type = '', metadata = {}, deletion } = view
    const settings = settingsIn(engine).map((setting) => ({ ...setting, now: valueOf(setting, object(view as Json)) }))
    const text = metadata.description
    output.result(
      {
        id,
        title,
        type,
        metadata,
        settings: Object.fromEntries(settings.map(({ key, now }) => [key, now])),
        ...(deletion && { deletion }),
      },
      [
        `${output.paint(shown(id), 'bold')} - ${shown(title)} (${shown(type)})`,
        ...(typeof text === 'string' && text !== '' ? [shown(text)] : []),
        ...(deletion ? [output.paint(shown(`deleted${deletion.reason ? `: ${deletion.reason}` : ''}`), 'red')] : []),
        ...settings.map((setting) => `- ${shown(`${setting.key}: ${setting.now} (${labelOf(setting, setting.now)})`)}`),
      ],
    )
  })
}

interface SetOptions {
  template?: string
  unset?: string[]
  as?: string
}

async function setValues(id: string, texts: string[], options: SetOptions, command: Command): Promise<void> {
  await withStore(command, async ({ engine, store, output }) => {
    const set = changesOf(engine, givenValues(texts), options)
    const subject = askerOf(options)
    const done = carryOut(engine, store, { do: 'update_community', subject, id, set })
    const { value, facts } = await told(done, ({ path = '', message }) => {
      const change = set[Number(/^call\.set\[(\d+)\]/.exec(path)?.[1])]
      return change && `${keyAt(engine, [change.path].flat().join('.'))}: ${message}`
    }).catch((error) => namingKnown(error, id, { engine, store, subject }))
    const [written] = value.changes
    const before = object((facts.communities?.[id] ?? {}) as Json)
    const after = written?.op === 'put' ? object(written.value) : before
    const changed = set.map(({ path }) => {
      const keys = [path].flat()
      const setting = settingsIn(engine).find(({ at }) => at === keys.join('.'))
      const now = (entity: JsonObject): Json => (setting ? valueOf(setting, entity) : (valueAt(entity, keys) ?? null))
      const label = setting ? ` (${labelOf(setting, String(now(after)))})` : ''
      return { key: setting?.key ?? keys.join('.'), from: now(before), to: now(after), label }
    })
    output.done({ id, changed: changed.map(({ label: _, ...change }) => change) }, [
      `Set in ${shown(id)}:`,
      ...changed.map(({ key, from, to, label }) => {
        const same = JSON.stringify(from) === JSON.stringify(to)
        return shown(same ? `- ${key}: ${said(to)} already` : `- ${key}: ${said(from)} -> ${said(to)}${label}`)
      }),
    ])
  })
}

/** What is to be written, by address. */
function changesOf(engine: SyncEngine, given: Given[], { template, unset = [] }: SetOptions): FieldChange[] {
  const values = new Map(template === undefined ? [] : valuesOf(engine, template))
  for (const { key, value } of given) values.set(addressOf(engine, key), value)
  const removed = unset.map((key) => addressOf(engine, key))
  const twice = removed.find((path) => given.some(({ key }) => addressOf(engine, key) === path))
  if (twice !== undefined) throw usage(`\`${twice}\` is both set and unset`)
  if (values.size + removed.length === 0) throw usage('give KEY=VALUE, --template or --unset')
  return [
    ...[...values].filter(([at]) => !removed.includes(at)).map(([at, value]) => ({ path: at.split('.'), value })),
    ...removed.map((at) => ({ path: at.split('.'), remove: true as const })),
  ]
}

function valuesOf(engine: SyncEngine, name: string): [string, Json][] {
  const templates = templatesIn(engine)
  const found = templates.find(({ key }) => key === name)
  if (found) return Object.entries(found.settings)
  throw usage(`there is no template \`${name}\`; known: ${templates.map(({ key }) => key).join(', ') || 'none'}`)
}

/** Names the setting that a refusal is about. */
export function settingRefused(engine: SyncEngine): (failure: Failure) => string | undefined {
  return ({ path = '', message }) => {
    const at = /^call\.settings\["(.*)"\]$/s.exec(path)?.[1]
    return at === undefined ? undefined : `${keyAt(engine, at)}: ${message}`
  }
}

/** A setting's own name will do. Any other word without a dot is a setting that was misspelt. */
export function addressOf(engine: SyncEngine, key: string): string {
  const settings = settingsIn(engine)
  const found = settings.find((setting) => setting.key === key)
  if (found) return found.at
  if (key.includes('.') || key === 'title') return key
  const known = settings.map(({ key }) => key).join(', ') || 'none'
  throw usage(`there is no setting \`${key}\`; known: ${known}; other fields by address, as \`metadata.${key}\``)
}

function keyAt(engine: SyncEngine, at: string): string {
  return settingsIn(engine).find((setting) => setting.at === at)?.key ?? at
}

function valueOf({ at, default: usual }: Setting, entity: JsonObject): string {
  const found = valueAt(entity, at.split('.'))
  return typeof found === 'string' ? found : usual
}

function labelOf({ values }: Setting, value: string): string {
  return values.find((known) => known.value === value)?.label ?? 'unknown to the policy'
}

function said(value: Json): string {
  return typeof value === 'string' ? value : value === null ? 'nothing' : JSON.stringify(value)
}

/** What the user saw of what a command changes. A change carries it, so that the server can tell a change from a collision. */

import { object, valueAt } from '../policy-words.js'
import { keyText } from '../store/entities.js'
import type { FieldEdit, Intent, IntentArgs } from '../sync/protocol.js'
import type { EntityKey, Json, JsonObject } from '../types.js'
import type { Core } from './core.js'

/** The arguments, each field with what stood there: as it is shown, pending work and all. */
export function asSeen(core: Core, target: EntityKey, args: IntentArgs, pending: readonly Intent[]): IntentArgs {
  if (!('set' in args) || !Array.isArray(args.set)) return args
  const value = shown(core, target, pending)
  if (value === undefined) return args
  const seen = (edit: FieldEdit): FieldEdit => {
    if ('was' in edit) return edit
    const was = valueAt(value, keysOf(edit.path))
    return was === undefined || was === null ? edit : { ...edit, was }
  }
  return { ...args, set: args.set.map(seen) }
}

function shown(core: Core, target: EntityKey, pending: readonly Intent[]): JsonObject | undefined {
  const { replica } = core.session
  if (target.relation === 'record') return replica.record(target.id)?.value
  if (target.relation !== 'community') return undefined
  const own = pending.filter((intent) => keyText(intent.target) === keyText(target))
  return own.reduce(after, replica.confirmed(target)?.v)
}

/** A community once an intent is carried out, as far as its fields go. */
function after(value: JsonObject | undefined, { action, args }: Intent): JsonObject | undefined {
  if (action === 'create_community' && 'title' in args) {
    const { title, metadata = {}, settings = {} } = args
    const said = Object.entries(settings).map(([path, value]): FieldEdit => ({ path, value }))
    return said.reduce(edited, { title, metadata })
  }
  if (action !== 'update_community' || value === undefined || !('set' in args)) return value
  return args.set.reduce(edited, value)
}

function edited(document: JsonObject, edit: FieldEdit): JsonObject {
  return withValue(document, keysOf(edit.path), 'value' in edit ? edit.value : undefined)
}

/** A copy; without a value, what stood there goes. */
function withValue(document: JsonObject, [key, ...rest]: readonly string[], value: Json | undefined): JsonObject {
  if (key === undefined) return document
  const entries = new Map(Object.entries(document))
  const inner = rest.length > 0 ? withValue(object(entries.get(key)), rest, value) : value
  if (inner === undefined) entries.delete(key)
  else entries.set(key, inner)
  // `fromEntries` defines properties; assigning would trip over a key named `__proto__`.
  return Object.fromEntries(entries)
}

function keysOf(path: string | string[]): string[] {
  return typeof path === 'string' ? path.split('.') : path
}

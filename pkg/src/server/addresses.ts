/**
 * Whether the addresses that a policy gives its records can be there: each by itself, beside the server's own, and beside each
 * other. The policy's reader takes any text: an address means something to a server only.
 */

import { aclPaths, aclWords } from '../acl/words.js'
import { isKept, object, objects, typesIn } from '../policy-words.js'
import type { SyncEngine } from '../sync/engine.js'

export interface Address {
  list: string
  item: string
}

export interface AddressFault {
  /** Where in the policy: `policy.types[0].item_path`. */
  path: string
  /** What is wrong, and what to do. */
  message: string
}

type Policy = Pick<SyncEngine, 'policy' | 'document'>

interface Given extends Address {
  key: string
  /** Where the type stands in the policy. */
  at: string
}

/** First parts of addresses under which nothing but the server's own is. */
export const OWN_PARTS = ['admin', 'access', 'sync', 'auth', 'openapi.json', '.well-known']

/** What is asked of communities; `/communities/{community}/` and another word is free. */
const OF_COMMUNITIES = ['actions', 'invitations', 'leave', 'members', 'membership-requests', 'requests', 'restore']
const OWN = [
  ...OWN_PARTS.map((part) => `/${part}`),
  '/communities',
  '/communities/{id}',
  ...OF_COMMUNITIES.map((word) => `/communities/{id}/${word}`),
]

/** Every fault. Types of which no records are kept have no addresses: what is said of these is never used. */
export function addressFaults(engine: Policy): AddressFault[] {
  const given = givenIn(engine)
  const faults = given.flatMap(({ at, list, item }) => [
    ...faultOf(list, 'list').map((message) => ({ path: `${at}.list_path`, message: `\`${list}\` ${message}` })),
    ...faultOf(item, 'item').map((message) => ({ path: `${at}.item_path`, message: `\`${item}\` ${message}` })),
  ])
  return faults.length > 0 ? faults : clashes(engine, given)
}

function givenIn(engine: Policy): Given[] {
  const machines = Object.entries(object(engine.document.machines))
  return typesIn(engine)
    .filter(isKept)
    .map(({ part, type }) => {
      const machine = machines.find(([, own]) => objects(object(own).types).some(({ key }) => key === type.key))?.[0]
      const root = machine === undefined ? 'policy' : `policy.machines.${machine}`
      const index = objects(part.types).findIndex(({ key }) => key === type.key)
      return { key: type.key, at: `${root}.types[${index}]`, list: type.list_path, item: type.item_path }
    })
}

/** What is wrong with one by itself, or beside the server's own. */
function faultOf(path: string, what: keyof Address): string[] {
  const such = what === 'list' ? '`/{community}/` or `/articles/`' : '`/{community}/{id}` or `/articles/{id}`'
  const parts = partsOf(path)
  const odd = parts.find((part) => !/^(\{community\}|\{id\}|[\w.~-]+)$/.test(part) || /^\.\.?$/.test(part))
  if (!/^(\/[^/]+)+\/?$/.test(path) || odd !== undefined)
    return [`is no path such as ${such}: parts are words of letters, digits and \`-._~\`, \`{community}\` and \`{id}\``]
  if (parts.some((part, i) => part.startsWith('{') && parts.indexOf(part) !== i))
    return ['names the same thing twice; name it once']
  if (what === 'list' && parts.includes('{id}'))
    return [`is the address of a list and names an \`{id}\`; give one such as ${such}`]
  if (what === 'item' && !parts.includes('{id}')) return [`names no \`{id}\`; give one such as ${such}`]
  const own = OWN.find((own) => (OWN_PARTS.includes(own.slice(1)) ? begins(parts, own) : meets(parts, partsOf(own))))
  return own === undefined ? [] : [`is an address of the server's own (\`${own}\`); give another such as ${such}`]
}

/** Two that are the same one to the router. Types may share both of their addresses. */
function clashes(engine: Policy, given: Given[]): AddressFault[] {
  const faults: AddressFault[] = []
  const lists = aclWords(engine) && aclPaths(engine)
  for (const [i, one] of given.entries()) {
    const own = shapes(one)
    if (new Set(own).size < own.length) faults.push(clash(one, '`list_path` and `item_path` are the same address'))
    if (lists && one.key !== 'acl' && shapes(lists).some((shape) => own.includes(shape)))
      faults.push(clash(one, `access lists are at \`${lists.list}\` and \`${lists.item}\``))
    const other = given.slice(0, i).find((before) => !same(one, before) && shapes(before).some((s) => own.includes(s)))
    if (other === undefined) continue
    const both = `record types \`${other.key}\` and \`${one.key}\` share a path`
    faults.push({ path: one.at, message: `${both}; give them the same \`list_path\` and \`item_path\`, or neither` })
  }
  return faults
}

function clash({ at }: Given, why: string): AddressFault {
  return { path: at, message: `${why}; give records of the type other paths` }
}

/** All that is routed for records at an address, with what is put into it left out. */
export function shapes({ list, item }: Address): string[] {
  const one = item.replace(/\/$/, '')
  return [list, item, `${one}/{transition}`, `${one}/acls`].map((path) => path.replace(/\{\w+\}/g, '{}'))
}

function same(one: Address, other: Address): boolean {
  return one.list === other.list && one.item === other.item
}

/** Of a record without a community, the id is the first part. No community is called as the server's own addresses are. */
function begins([first]: string[], own: string): boolean {
  return first === own.slice(1) || first === '{id}'
}

/** Whether an address can be both. */
function meets(parts: string[], own: string[]): boolean {
  if (parts.length !== own.length || parts[0] === '{community}') return false
  return parts.every((part, i) => part === own[i] || part.startsWith('{') || own[i]?.startsWith('{'))
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '')
}

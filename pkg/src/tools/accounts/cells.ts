/**
 * Where accounts stand in a store: among the host's bookkeeping, which is no fact, so neither the engine nor any device's view
 * ever holds an address or a hash. Roles people hold are facts of the user.
 */

import type { HostStore } from '../../store/host.js'
import type { RegisteredAction } from '../shapes.js'
import type { Account } from './shapes.js'

/** An account as it is kept. */
export interface Kept extends Account {
  /** Argon2id, in the PHC form. */
  hash: string
  stamp: string
}

export interface KeptRole {
  description: string
  external: boolean
}

/** ASCII, as keys of cells must be. */
const encoded = encodeURIComponent

export const accountKey = (id: string): string => `account/${encoded(id)}`
export const emailKey = (email: string): string => `account-email/${encoded(folded(email))}`
export const usernameKey = (name: string): string => `account-name/${encoded(folded(name))}`
export const roleKey = (name: string): string => `role/${encoded(name)}`
export const actionKey = (name: string): string => `action/${encoded(name)}`

/** As the engine compares addresses and usernames: ASCII letters only, so that no other letter becomes one of them. */
export function folded(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

export async function readAccount(store: HostStore, id: string): Promise<Kept | null> {
  return parsed<Kept>(await store.cell(accountKey(id)))
}

export async function idBy(store: HostStore, key: string): Promise<string | null> {
  return store.cell(key)
}

export async function readRole(store: HostStore, name: string): Promise<KeptRole | null> {
  return parsed<KeptRole>(await store.cell(roleKey(name)))
}

export async function roleNames(store: HostStore): Promise<string[]> {
  return names(await store.cells('role/'), 'role/')
}

export async function registeredActions(store: HostStore): Promise<{ [name: string]: RegisteredAction }> {
  const cells = await store.cells('action/')
  return Object.fromEntries(
    cells.map(({ key, text }) => [
      decodeURIComponent(key.slice('action/'.length)),
      JSON.parse(text) as RegisteredAction,
    ]),
  )
}

export async function allAccounts(store: HostStore): Promise<Kept[]> {
  return (await store.cells('account/')).map(({ text }) => JSON.parse(text) as Kept)
}

function names(cells: { key: string }[], prefix: string): string[] {
  return cells.map(({ key }) => decodeURIComponent(key.slice(prefix.length)))
}

function parsed<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T)
}

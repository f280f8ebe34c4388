// Principals, grants and engines of upstream rows, as lictor takes them.
import { readFileSync } from 'node:fs'
import { createEngine } from '../../dist/node.js'
import { named, NotUnderstood, only } from './shape.mjs'

const engines = new Map()

/** The document of a shipped policy, as it was built. */
export function document(preset) {
  return JSON.parse(readFileSync(new URL(`../../dist/presets/${preset}.json`, import.meta.url), 'utf8'))
}

/** An engine; the same policy and changes give the same one. */
export function engineFor(options) {
  const key = JSON.stringify(options)
  if (!engines.has(key)) engines.set(key, createEngine(options))
  return engines.get(key)
}

/** Where the vectors' records keep their fields, for presets that keep them elsewhere. */
export function vectorTypes(preset) {
  const [type] = document(preset).types
  return [{ ...type, fields: { ...type.fields, owners: 'oarepo:ownedBy' } }]
}

/** `community-read` is the action `read`. */
export function actionOf(need) {
  if (!need.startsWith('community-')) throw new NotUnderstood(`no community action: \`${need}\``)
  return need.slice('community-'.length)
}

/** `{id | user, roles, ...}` or `null` for anonymous, as a subject. */
export function subjectOf(principal, where = 'principal') {
  if (principal === null) return { type: 'anonymous' }
  only(principal, ['id', 'user', 'roles', 'authenticated', 'superuser'], where)
  const id = principal.user ?? principal.id
  if (principal.authenticated === false && id == null) return { type: 'anonymous' }
  if (id == null || principal.authenticated === false) throw new NotUnderstood(`${where}: neither user nor anonymous`)
  return { type: 'user', id, properties: { roles: principal.roles ?? [] } }
}

/** A grant as an access row. */
export function accessRow(grant) {
  only(grant, ['action', 'argument', 'exclude', 'user', 'role', 'system_role'], 'grant')
  return grant
}

/** Facts of a deployment whose grants are access rows; a superuser is one even where no grant says so. */
export function rowFacts(grants, principal, subject) {
  const access = grants.map(accessRow)
  return { access: [...access, ...superuserRow(access, principal, subject)], complete: true }
}

/**
 * Facts of a deployment whose communities hold grants: a grant to a role of its community, to everybody or to authors
 * becomes the community's; all else stays an access row.
 */
export function communityFacts(grants, principal, subject, communities) {
  const facts = { communities: {}, access: [], complete: true }
  for (const id of communities) facts.communities[id] = { grants: {} }
  for (const grant of grants.map(accessRow)) {
    const role = communityRole(grant)
    if (role === undefined) facts.access.push(grant)
    else {
      const community = (facts.communities[grant.argument] ??= { grants: {} })
      community.grants[role] = [...new Set([...(community.grants[role] ?? []), actionOf(grant.action)])]
    }
  }
  facts.access.push(...superuserRow(facts.access, principal, subject))
  return facts
}

function communityRole({ argument, exclude, role, system_role: systemRole }) {
  if (argument == null || exclude) return undefined
  const prefix = `community:${argument}:`
  if (role?.startsWith(prefix)) return role.slice(prefix.length)
  return { any_user: 'any', 'community-record-owner': 'author' }[systemRole]
}

function superuserRow(access, principal, subject) {
  const has = (row) =>
    row.action === 'superuser-access' &&
    !row.exclude &&
    (row.user === subject.id || principal.roles?.includes(row.role))
  return principal?.superuser && !access.some(has) ? [{ action: 'superuser-access', user: subject.id }] : []
}

/** The grants of a row: a named set of the table, or its own. */
export function grantsOf(table, row) {
  if (Array.isArray(row.grants)) return row.grants
  return row.grants === undefined ? [] : named(table.grant_sets, row.grants, 'grant_sets')
}

/** What authors of policies ask: is something wrong with one, how do two differ, what does that do to data, does it hold what is expected of it. */

import * as glue from '../../wasm-tools/tools.js'
import { guarded } from '../errors.js'
import type { PresetName } from '../generated/presets.js'
import { DEFAULT_PRESET, loadPreset } from '../presets.js'
import type { Answer, FactsInput as Facts, Json, JsonObject } from '../types.js'
import { ready } from './wasm.js'

export interface PolicyGiven {
  /** The name of a shipped policy or a document; `repository` if left out. */
  policy?: PresetName | JsonObject
  /** JSON Merge Patch over it. */
  changes?: JsonObject
}

/** A policy, and how the community a record belongs to is set up where that is not left open. */
export interface PolicyInUse extends PolicyGiven {
  /** Words by the place of the setting: `{ 'access.visibility': 'restricted' }`. */
  settings?: { [place: string]: string }
  /** What its roles are granted; the policy's own grants if left out. */
  grants?: { [role: string]: string[] }
}

/** Every code lint knows. */
export type LintCode =
  | 'runs_unread'
  | 'updates_unread'
  | 'listed_unread'
  | 'unasked_denial'
  | 'unasked_list'
  | 'unreachable_state'
  | 'granted_to_everyone'
  | 'nobody_may'
  | 'hidden_fact'
  | 'ban_row'
  | 'unknown_system_role'
  | 'one_sided_filter'
  | 'unused_definition'

export interface Finding {
  code: LintCode
  /** Where in the document, or in the facts. */
  path: string
  message: string
  /** What to do. */
  advice: string
}

/** A question with facts, as `check` takes them. */
export interface Scene {
  evaluation: JsonObject
  facts: Facts
}

export interface PolicyChange {
  type: string
  action: string
  effect: 'loses' | 'gains'
  words: string
  states: string[]
  cells: number
  situations: number
  example?: Scene
}

export interface PolicyDiff {
  same: boolean
  /** How many simplest situations differ: every other one that differs has one of them in it. */
  cells: number
  /** Each change in words. */
  lines: string[]
  changes: PolicyChange[]
  /** In how many situations an answer differs, how many there are, and of how many `lines` is silent. Beyond 2^53 rounded. */
  situations: { changed: number; all: number; untold: number }
  /** Parts of the documents that differ beside: what transitions do, names, defaults. */
  elsewhere: string[]
  /** What rules look at and no situation has: lists for some states only, where lists cannot name a machine's own. */
  left_out: string[]
}

export interface Moved {
  users: number
  records: number
  /** Everybody with the same records together. */
  groups: { users: string[]; records: string[] }[]
}

export interface PolicyImpact {
  action: string
  users: number
  records: number
  lines: string[]
  loses: Moved
  gains: Moved
  /** What these facts leave open, before or after. */
  unknown: Moved
}

export interface PolicyTable {
  type: string
  people: string[]
  states: string[]
  rows: { state: string; may: { [who: string]: string[] } }[]
  markdown: string
}

/** What an author expects: these actions are never allowed, or always, when a condition holds and another does not. */
export interface Assertion {
  name: string
  never?: string | string[]
  always?: string | string[]
  /** A rule; `always` if left out. */
  when?: Json
  /** A rule; `never` if left out. */
  unless?: Json
  /** A record type; the policy's first if left out. */
  type?: string
  about?: Json
}

export interface AssertionResult {
  name: string
  holds: boolean
  /** In how many situations it says something. */
  situations: number
  /** It never says anything: its condition holds nowhere. */
  vacuous?: true
  /** In how many it fails. */
  against?: number
  /**
   * The smallest situation in which it fails, and what the engine says there. Of access lists there is no question to ask again:
   * they are asked about with the records they name.
   */
  counterexample?: { action: string; words: string; decision: Answer; reasons?: string[] } & Partial<Scene>
}

export interface AssertionsResult {
  holds: boolean
  failed: number
  assertions: AssertionResult[]
  /** What rules look at and no situation has: lists for some states only, where lists cannot name a machine's own. */
  left_out: string[]
}

/** What is probably wrong with a policy; with facts, also with their access rows and lists. */
export async function lintPolicy(given: PolicyGiven & { facts?: Facts } = {}): Promise<Finding[]> {
  const { findings } = (await asked('lint', await whole(given))) as { findings: Finding[] }
  return findings
}

/** What changes between two policies, or two ways to set a community up, in every situation that rules tell apart. */
export async function diffPolicies(before: PolicyInUse, after: PolicyInUse): Promise<PolicyDiff> {
  const input = { before: await whole(before), after: await whole(after) }
  return (await asked('diff', input)) as PolicyDiff
}

/** Whose lists lose or gain which records, at these facts. */
export async function policyImpact(
  before: PolicyGiven,
  after: PolicyGiven,
  facts: Facts,
  options: { action?: string } = {},
): Promise<PolicyImpact> {
  const input = { before: await whole(before), after: await whole(after), facts, ...options }
  return (await asked('impact', input)) as PolicyImpact
}

/** Who may what in which state. */
export async function policyTable(given: PolicyInUse & { type?: string } = {}): Promise<PolicyTable> {
  return (await asked('table', await whole(given))) as PolicyTable
}

/** Proves assertions over every situation, or refutes each with the smallest one in which it fails. */
export async function checkPolicy(given: PolicyInUse, assertions: Assertion[]): Promise<AssertionsResult> {
  return (await asked('check', { ...(await whole(given)), assertions })) as AssertionsResult
}

/** The same with the document of a policy that is named. */
export async function whole<T extends PolicyGiven>(given: T): Promise<T & { policy: JsonObject }> {
  const policy = given.policy ?? DEFAULT_PRESET
  return { ...given, policy: typeof policy === 'string' ? await loadPreset(policy) : policy }
}

async function asked(tool: string, input: object): Promise<unknown> {
  await ready()
  return guarded(() => glue.askPolicy(tool, input))
}

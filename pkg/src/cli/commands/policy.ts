/** `lictor policy`: what authors of policies ask. No store is touched unless its data is asked about. */

import type { Command } from 'commander'
import { createEngine } from '../../entry/node.js'
import { addressFaults } from '../../server/addresses.js'
import type { SyncEngine } from '../../sync/engine.js'
import type { Assertion, Finding, PolicyGiven, PolicyInUse } from '../../tools/author.js'
import type { FactsInput, JsonObject } from '../../types.js'
import { author, givenPolicy, readFacts, settingsGiven, yamlOrJson } from '../author.js'
import { Ended, EXIT, ofFile } from '../failure.js'
import { collected } from '../given.js'
import { filled, settingsOf, withCommonOptions } from '../options.js'
import { Output } from '../output.js'
import { openExisting } from '../store.js'
import { shown, shownLines } from '../text.js'
import { examples } from './help.js'
import { addBundles } from './policy-bundle.js'
import { addCompile } from './policy-compile.js'

const POLICY = 'name of a shipped policy, or file of one (default: what `--policy` says)'
const SETTING = 'how the community of a record is set up: access.visibility=restricted (repeatable)'

export function addPolicy(program: Command): void {
  const group = withCommonOptions(
    program.command('policy').description('lint, compare, prove, compile and sign policies'),
  )
  addLint(group)
  addDiff(group)
  addImpact(group)
  addTable(group)
  addCheck(group)
  addCompile(group)
  addBundles(group)
}

function addLint(group: Command): void {
  const lint = group.command('lint').description('what is probably wrong with a policy; exit 1 if anything is')
  lint.argument('[policy]', POLICY, filled)
  lint.option('--facts <file>', 'JSON: facts whose rows, lists and records are looked at too', filled)
  withCommonOptions(lint).action(lintOne)
  examples(lint, ['lictor policy lint', 'lictor policy lint my-policy.json --json'])
}

async function lintOne(name: string | undefined, { facts }: { facts?: string }, command: Command): Promise<void> {
  const { output, policy } = started(command, name)
  const { lintPolicy } = await author()
  const findings = await ofFile(lintPolicy({ ...policy, ...(facts !== undefined && { facts: readFacts(facts) }) }))
  const all = [...findings, ...(await ofFile(oddAddresses(policy)))]
  const lines = all.flatMap(({ code, path, message, advice }) => [
    `${shown(path)}: ${output.paint(code, 'yellow')}: ${shown(message)}`,
    `  ${shown(advice)}`,
  ])
  output.result({ findings: all }, lines.length === 0 ? ['Nothing was found.'] : lines)
  if (all.length > 0) throw new Ended(EXIT.refused)
}

/** Addresses with which no server starts; the policy itself is none the worse. */
async function oddAddresses(policy: PolicyGiven): Promise<(Omit<Finding, 'code'> & { code: 'odd_address' })[]> {
  const engine = (await createEngine(policy as { policy: JsonObject })) as SyncEngine
  const advice = 'give records other paths: `lictor serve` and `createHandler` refuse a policy with this one'
  return addressFaults(engine).map((fault) => ({ code: 'odd_address', ...fault, advice }))
}

function addDiff(group: Command): void {
  const diff = group.command('diff').description('who may what that was not so before, in every situation there is')
  diff.argument('<before>', 'name of a shipped policy, or file of one', filled)
  diff.argument('[after]', 'the same for what it is compared with (default: the same policy)', filled)
  diff.option('--changes <file>', 'JSON Merge Patch over AFTER', filled)
  diff.option('--before <place=value>', `before, ${SETTING}`, collected)
  diff.option('--after <place=value>', 'the same, after', collected)
  withCommonOptions(diff).action(diffTwo)
  examples(diff, [
    'lictor policy diff oarepo my-policy.json',
    'lictor policy diff repository --after access.visibility=restricted',
  ])
}

interface DiffOptions {
  changes?: string
  before?: string[]
  after?: string[]
}

async function diffTwo(name: string, other: string | undefined, options: DiffOptions, command: Command): Promise<void> {
  const { output } = started(command, name)
  const { diffPolicies } = await author()
  const before: PolicyInUse = { ...givenPolicy(name), ...settingsGiven(options.before) }
  const after: PolicyInUse = { ...givenPolicy(other ?? name, options.changes), ...settingsGiven(options.after) }
  const found = await diffPolicies(before, after)
  const { cells, situations, lines, elsewhere } = found
  const head = found.same
    ? 'Nobody gains or loses anything.'
    : `${cells} ${cells === 1 ? 'cell changes' : 'cells change'}:`
  const left = situations.untold > 0 ? ['- and more; too much changes to tell all of it'] : []
  const beside = elsewhere.length > 0 ? [`Also different: ${elsewhere.map(shown).join(', ')}`] : []
  unsaid(found.left_out, output)
  output.result(found, [head, ...lines.map((line) => `- ${shown(line)}`), ...left, ...beside])
}

function addImpact(group: Command): void {
  const impact = group.command('impact').description('whose lists lose or gain which records, on given data')
  impact.argument('<before>', 'name of a shipped policy, or file of one', filled)
  impact.argument('[after]', 'the same for what it is to become (default: the same policy)', filled)
  impact.option('--changes <file>', 'JSON Merge Patch over AFTER', filled)
  impact.option('--facts <file>', 'JSON: the data (default: all of the store)', filled)
  impact.option('--action <name>', 'what the lists are of', 'read')
  withCommonOptions(impact).action(impactOf)
  examples(impact, [
    'lictor policy impact repository --changes stricter.json',
    'lictor policy impact oarepo my-policy.json --facts facts.json --json',
  ])
}

interface ImpactOptions {
  changes?: string
  facts?: string
  action: string
}

async function impactOf(
  name: string,
  other: string | undefined,
  options: ImpactOptions,
  command: Command,
): Promise<void> {
  const { output } = started(command, name)
  const before = givenPolicy(name)
  const after = givenPolicy(other ?? name, options.changes)
  const tell = async (facts: FactsInput): Promise<void> => {
    const { policyImpact } = await author()
    const found = await policyImpact(before, after, facts, { action: options.action })
    const { loses, gains, unknown } = found
    const groups = (verb: string, { groups }: typeof loses): string[] =>
      groups.map(({ users, records }) => `- ${few(users)} ${verb} ${few(records)}`)
    const head = found.lines.length === 0 ? ['Nobody gains or loses a record.'] : found.lines
    const open = unknown.records > 0 ? [`${unknown.records} records cannot be decided on these facts`] : []
    output.result(found, [...head, ...groups('lose', loses), ...groups('gain', gains), ...open].map(shownLines))
  }
  if (options.facts !== undefined) await ofFile(tell(readFacts(options.facts)))
  else await tell(await allOf(settingsOf(command).store))
}

/** The data alone: what a store keeps for lists stays that of its own policy. */
async function allOf(place: string): Promise<FactsInput> {
  const store = await openExisting(place)
  try {
    return await store.all()
  } finally {
    await store.close()
  }
}

function addTable(group: Command): void {
  const table = group.command('table').description('who may what in which state, as a table')
  table.argument('[policy]', POLICY, filled)
  table.option('--type <key>', 'a record type (default: the first of the policy)', filled)
  table.option('--set <place=value>', SETTING, collected)
  withCommonOptions(table).action(tableOf)
  examples(table, ['lictor policy table oarepo', 'lictor policy table repository --type community --json'])
}

async function tableOf(
  name: string | undefined,
  { type, set }: { type?: string; set?: string[] },
  command: Command,
): Promise<void> {
  const { output, policy } = started(command, name)
  const { policyTable } = await author()
  const table = await policyTable({ ...policy, ...settingsGiven(set), ...(type !== undefined && { type }) })
  output.result(table, [table.markdown.trimEnd()])
}

function addCheck(group: Command): void {
  const check = group.command('check').description('prove what is expected of a policy, or show where it fails; exit 1')
  check.argument('<assertions>', 'YAML or JSON: a list of {name, never | always, when, unless, type}', filled)
  check.argument('[policy]', POLICY, filled)
  check.option('--set <place=value>', SETTING, collected)
  withCommonOptions(check).action(checkAll)
  check.addHelpText(
    'after',
    `
An assertion, with conditions as the rules of a policy have them:
  - name: no anonymous read unless published and public
    never: read
    when: { not: { any: [authenticated, system] } }
    unless: { all: [{ state: [published] }, { field: record_access, in: [public] }] }`,
  )
  examples(check, ['lictor policy check expected.yaml', 'lictor policy check expected.yaml my-policy.json --json'])
}

async function checkAll(
  file: string,
  name: string | undefined,
  { set }: { set?: string[] },
  command: Command,
): Promise<void> {
  const { output, policy } = started(command, name)
  const { checkPolicy } = await author()
  const assertions = (await yamlOrJson(file, 'assertions')) as unknown as Assertion[]
  const found = await checkPolicy({ ...policy, ...settingsGiven(set) }, assertions)
  const lines = found.assertions.flatMap((one) => {
    const says = one.vacuous ? 'holds, but its condition holds nowhere' : 'holds in every situation'
    if (one.counterexample === undefined) return [`${output.paint('ok', 'green')}   ${shown(one.name)}: ${says}`]
    const { words, evaluation, facts } = one.counterexample
    return [
      `${output.paint('fail', 'red')} ${shown(one.name)}: ${shown(words)}`,
      ...(evaluation ? [`  evaluation: ${JSON.stringify(evaluation)}`, `  facts: ${JSON.stringify(facts)}`] : []),
    ]
  })
  unsaid(found.left_out, output)
  output.result(found, lines)
  if (!found.holds) throw new Ended(EXIT.refused)
}

function unsaid(what: string[], output: Output): void {
  if (what.length > 0) output.note(`not looked at, and as if there were none: ${what.join(', ')}`)
}

function started(command: Command, name: string | undefined): { output: Output; policy: PolicyGiven } {
  const settings = settingsOf(command)
  return { output: new Output(settings), policy: givenPolicy(name ?? settings.policy) }
}

function few(names: string[]): string {
  const first = names.slice(0, 5).map(shown).join(', ')
  return names.length > 5 ? `${first} and ${names.length - 5} more` : first
}

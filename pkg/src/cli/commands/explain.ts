/** `lictor explain`: whether somebody may, why, and what would change it. */

import type { Command } from 'commander'
import { vocabulary } from '../../entry/node.js'
import type { Answer, Explanation, ExplanationNode, Json, Reason } from '../../types.js'
import { filled, withCommonOptions } from '../options.js'
import { COLOURS, WORDS, explanationOf, withResource } from '../question.js'
import { type QuestionOptions, resourceOf } from '../resource.js'
import { subjectOf, withStore } from '../session.js'
import { shown } from '../text.js'
import { examples } from './help.js'

const VERBS: { [answer in Answer]: string } = { allow: 'may', deny: 'may not', unknown: 'might' }

export function addExplain(program: Command): void {
  const explain = program.command('explain').description('say whether somebody may do something, and why')
  const user = "a user's id, `anonymous` or `system` (`user:ID` for an id that is one of these words)"
  explain.argument('<user>', user, filled).argument('<action>', 'an action of the policy')
  withResource(explain).option('--rule', 'show the whole rule')
  withCommonOptions(explain).action(answer)
  examples(explain, [
    'lictor explain 4 approve r1',
    'lictor explain anonymous read r1 --rule',
    'lictor explain 4 create -c cesnet',
    'lictor explain 4 rename community:cesnet',
    'lictor explain 4 invite member:cesnet --with role=admin',
  ])
}

async function answer(
  user: string,
  action: string,
  word: string | undefined,
  options: QuestionOptions & { rule?: boolean },
  command: Command,
): Promise<void> {
  const subject = subjectOf(user)
  await withStore(command, async ({ engine, store, output }) => {
    const about = await resourceOf(engine, store, word, options)
    const value = await explanationOf(engine, store, subject, action, about)
    const { decision, conceal } = value
    const what = `${shown(user)} ${VERBS[decision]} ${shown(action)} ${shown(about.name)}`
    const hidden = conceal
      ? [`To ${shown(user)} it does not exist: the answer is the same as about what is not there.`]
      : []
    output.result({ subject, action, resource: about.resource, ...value }, [
      `${output.paint(WORDS[decision], COLOURS[decision])}: ${what}`,
      ...hidden,
      'Because:',
      ...(await explained(value, options.rule === true)),
    ])
  })
}

async function explained({ reasons, remedies, tree }: Explanation, whole: boolean): Promise<string[]> {
  const lists = new Map((await vocabulary()).map(([list, words]) => [list, new Map(words)]))
  const meaning = (list: string, code: string): string => lists.get(list)?.get(code) ?? code
  const because = ({ code, holds, ...details }: Reason): string =>
    `${WORDS[holds === null ? 'unknown' : holds ? 'allow' : 'deny']}: ${meaning('ReasonCode', code)}${detailText(details)}`
  const ways = remedies.map((changes) =>
    changes.map(({ change, ...details }) => meaning('ChangeCode', change) + detailText(details)).join(', and '),
  )
  return [
    ...reasons.map((reason) => `- ${because(reason)}`),
    ...(ways.length > 0 ? ['What would change it:', ...ways.map((way) => `- ${way}`)] : []),
    ...(whole && tree ? ['Rule:', ...treeLines(tree, 0, because)] : []),
  ]
}

function treeLines(node: ExplanationNode, depth: number, because: (reason: Reason) => string): string[] {
  const text = node.reason ? because(node.reason) : `${WORDS[node.value]}: ${shown(node.name ?? node.op)}`
  const children = (node.children ?? []).flatMap((child) => treeLines(child, depth + 1, because))
  return [`${'  '.repeat(depth)}- ${text}`, ...children]
}

function detailText(details: { [detail: string]: Json | undefined }): string {
  const texts = Object.entries(details).flatMap(([name, value]) => {
    if (value === undefined || (Array.isArray(value) && value.length === 0)) return []
    if (Array.isArray(value)) return [`${name} ${value.map(String).join(' or ')}`]
    return [`${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`]
  })
  return texts.length === 0 ? '' : shown(` (${texts.join('; ')})`)
}

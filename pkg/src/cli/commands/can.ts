/** `lictor can`: yes or no, for people in a hurry and for scripts. */

import type { Command } from 'commander'
import { EXIT, Ended } from '../failure.js'
import { filled, withCommonOptions } from '../options.js'
import { COLOURS, WORDS, explanationOf, withResource } from '../question.js'
import { type QuestionOptions, resourceOf } from '../resource.js'
import { subjectOf, withStore } from '../session.js'
import { examples } from './help.js'

export function addCan(program: Command): void {
  const can = program.command('can').description('say yes or no; ends with 0 for yes and 1 for no')
  can.argument('<user>', "a user's id, `anonymous` or `system`", filled).argument('<action>', 'an action of the policy')
  withResource(can)
  withCommonOptions(can).action(answer)
  examples(can, ['lictor can 4 approve r1', 'lictor can 4 leave member:cesnet/4 --quiet && echo bye'])
}

async function answer(
  user: string,
  action: string,
  word: string | undefined,
  options: QuestionOptions,
  command: Command,
): Promise<void> {
  const subject = subjectOf(user)
  await withStore(command, async ({ engine, store, output }) => {
    const about = await resourceOf(engine, store, word, options)
    const { decision } = await explanationOf(engine, store, subject, action, about)
    const text = output.paint(WORDS[decision], COLOURS[decision])
    output.done({ subject, action, resource: about.resource, decision }, [text])
    if (decision !== 'allow') throw new Ended(EXIT.refused)
  })
}

/** `lictor policy compile`: a policy as the bytes that pages with `lictor/check` load. */

import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import version from 'package:version'
import { createEngine } from '../../entry/node.js'
import type { JsonObject } from '../../types.js'
import { author, givenPolicy } from '../author.js'
import { EXIT, Failure, usage } from '../failure.js'
import { filled, settingsOf, withCommonOptions } from '../options.js'
import { Output } from '../output.js'
import { shown } from '../text.js'
import { examples } from './help.js'

export function addCompile(group: Command): void {
  const compile = group.command('compile').description('write a policy as bytes, for pages that load `lictor/check`')
  compile.argument('<file>', 'where they go', filled)
  compile.argument('[policy]', 'name of a shipped policy, or file of one (default: what `--policy` says)', filled)
  compile.option('--changes <file>', 'JSON Merge Patch over the policy', filled)
  compile.option('--overwrite', 'write over a file that is there')
  withCommonOptions(compile).action(compileOne)
  compile.addHelpText(
    'after',
    '\nOnly the version of lictor that wrote the bytes reads them: compile again with each new one.',
  )
  examples(compile, ['lictor policy compile policy.bin oarepo --changes stricter.json --overwrite'])
}

interface CompileOptions {
  changes?: string
  overwrite?: boolean
}

async function compileOne(
  file: string,
  name: string | undefined,
  { changes, overwrite }: CompileOptions,
  command: Command,
): Promise<void> {
  const settings = settingsOf(command)
  const given = givenPolicy(name ?? settings.policy, changes)
  const { createTools } = await author()
  const bytes = (await createTools(given)).compiled()
  const { policy } = await createEngine(given as { policy: JsonObject })
  write(file, bytes, overwrite === true)
  const result = { file, policy: policy.name, hash: policy.hash, version, bytes: bytes.length }
  const line = `${shown(file)}: ${shown(policy.name)} ${policy.hash}, ${bytes.length} bytes, for lictor ${version}`
  new Output(settings).result(result, [line])
}

function write(file: string, bytes: Uint8Array, overwrite: boolean): void {
  try {
    writeFileSync(file, bytes, { flag: overwrite ? 'w' : 'wx' })
  } catch (error) {
    const there = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    if (!there) throw usage(`\`${file}\` cannot be written: ${(error as Error).message}`)
    throw new Failure(EXIT.refused, 'duplicate', `\`${file}\` is there already; write over it with \`--overwrite\``)
  }
}

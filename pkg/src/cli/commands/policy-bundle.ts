/** `lictor policy keygen|sign|verify`: policies that somebody answers for. */

import { writeFileSync } from 'node:fs'
import { type Command, InvalidArgumentError } from 'commander'
import type { JsonObject } from '../../types.js'
import { author, givenPolicy } from '../author.js'
import { readBundle } from '../bundle.js'
import { EXIT, Failure, usage } from '../failure.js'
import { filled, settingsOf, withCommonOptions } from '../options.js'
import { Output } from '../output.js'
import { readSecret } from '../server/signin.js'
import { jsonText, shown } from '../text.js'
import { examples } from './help.js'

export const TRUSTED = 'whose bundles are taken: a file with lines of KEY, or of KEY and the moment it ends'

export function addBundles(group: Command): void {
  const keygen = group.command('keygen').description('make a key to sign policies with; prints its public half')
  keygen.argument('<file>', 'where the secret half goes; only you can read it', filled)
  withCommonOptions(keygen).action(makeKey)
  examples(keygen, ['lictor policy keygen policy.key >> trusted.txt'])

  const sign = group.command('sign').description('put policies into a bundle and sign it; prints the bundle')
  sign.argument('[policies...]', 'names of shipped policies, or files of some (default: what `--policy` says)')
  sign.requiredOption('--key <file>', 'what `keygen` made', filled)
  sign.requiredOption('--number <n>', 'its version, above that of the bundle before', version)
  sign.option('--changes <file>', 'JSON Merge Patch over the policy, if it is one', filled)
  withCommonOptions(sign).action(signAll)
  examples(sign, ['lictor policy sign my-policy.json --key policy.key --number 7 > bundle.json'])

  const verify = group
    .command('verify')
    .description('say who signed a bundle, and what is in it; exit 1 if it is not good')
  verify.argument('<bundle>', 'its file', filled)
  verify.option('--trusted <file>', `${TRUSTED} (LICTOR_TRUSTED)`, filled)
  withCommonOptions(verify).action(verifyOne)
  examples(verify, ['lictor policy verify bundle.json --trusted trusted.txt'])
}

async function makeKey(file: string, _: unknown, command: Command): Promise<void> {
  const { makeBundleKeys } = await author()
  const { secret, key } = await makeBundleKeys()
  try {
    writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    const there = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    if (!there) throw usage(`\`${file}\` cannot be written: ${(error as Error).message}`)
    throw new Failure(EXIT.refused, 'duplicate', `\`${file}\` is there already; a key is not written over`)
  }
  new Output(settingsOf(command)).result({ key, file }, [key])
}

interface SignOptions {
  key: string
  number: number
  changes?: string
}

async function signAll(names: string[], { key, number, changes }: SignOptions, command: Command): Promise<void> {
  const settings = settingsOf(command)
  if (changes !== undefined && names.length > 1) throw usage('`--changes` is for a bundle of one policy')
  const chosen = names.length > 0 ? names : [settings.policy]
  const policies = chosen.map((name) => givenPolicy(name, changes))
  const { signBundle } = await author()
  const text = await signBundle({ policies, version: number }, readSecret(key).trim())
  const bundle = JSON.parse(text) as JsonObject
  new Output(settings).result(bundle, [jsonText(bundle)])
}

async function verifyOne(file: string, _: unknown, command: Command): Promise<void> {
  const settings = settingsOf(command)
  if (settings.trusted === undefined) throw usage('whose bundles are taken? give `--trusted FILE`, or LICTOR_TRUSTED')
  const { version, time, key, hash, policies } = await readBundle(file, settings.trusted)
  const held = Object.entries(policies).map(([name, hash]) => `- ${shown(name)} ${hash}`)
  const head = `Version ${version}, signed at ${shown(time)} by ${key}:`
  new Output(settings).result({ version, time, key, hash, policies }, [head, ...held])
}

function version(text: string): number {
  const found = Number(text)
  if (!/^\d{1,16}$/.test(text) || found < 1) throw new InvalidArgumentError('a version is a whole number from 1 up')
  return found
}

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, tools } from './paths.mjs'
import { say, seconds } from './run.mjs'

/**
 * Runs `work` unless its inputs are those of the last success and its outputs still exist.
 * Contents are compared, not times: a fresh checkout and a touched file must not differ.
 * @param {{name: string, inputs: string[], also?: unknown, outputs: string[], work: () => unknown}} step paths from the root
 * @returns whether it ran
 */
export async function unlessFresh({ name, inputs, also, outputs, work }) {
  const stamp = join(tools, 'stamps', name)
  const before = hashOf(inputs, also)
  const made = outputs.every((path) => existsSync(join(root, path)))
  if (made && existsSync(stamp) && readFileSync(stamp, 'utf8') === before) return false
  const start = performance.now()
  say(`> ${name}`)
  rmSync(stamp, { force: true })
  await work()
  mkdirSync(join(tools, 'stamps'), { recursive: true })
  // Taken before the work: whatever was edited meanwhile makes the next run do it again.
  writeFileSync(stamp, before)
  say(`  ${name} done in ${seconds(start)}`)
  return true
}

/** One hash over files and folders (given from the root; missing ones count as missing) and any plain data. */
export function hashOf(paths, also) {
  const hash = createHash('sha256').update(JSON.stringify(also ?? null))
  for (const path of paths.flatMap((path) => filesUnder(path))) {
    const file = join(root, path)
    hash.update(`\0${path}\0`)
    if (existsSync(file)) hash.update(readFileSync(file))
  }
  return hash.digest('hex')
}

/** Every file at or under a path from the root, sorted, without installed and generated folders. */
export function filesUnder(path) {
  const full = join(root, path)
  if (!existsSync(full) || statSync(full).isFile()) return [path]
  return readdirSync(full)
    .filter((name) => !['node_modules', 'target', '.git'].includes(name))
    .sort()
    .flatMap((name) => filesUnder(`${path}/${name}`))
}

import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { dist, modules, root, tools } from '../lib/paths.mjs'
import { Failure, run } from '../lib/run.mjs'

/** Declarations that `exports` of package.json names; what they import comes along, the engine's inside does not. */
const roots = [
  'index.d.ts',
  'preset.d.ts',
  'entry/slim.d.ts',
  'check/index.d.ts',
  'check/entry/slim.d.ts',
  'tools/index.d.ts',
  'store/index.d.ts',
  'store/sqlite.d.ts',
  'store/postgres.d.ts',
  'store/durable.d.ts',
  'client/index.d.ts',
  'react/index.d.ts',
  'server/index.d.ts',
  'server/node.d.ts',
  'invenio/index.d.ts',
]

/** Type-checks `pkg/src` and writes its public declarations, once for `import` and once for `require`. */
export async function declarations() {
  const made = join(tools, 'declarations')
  rmSync(made, { recursive: true, force: true })
  // What is unused is a matter for `npm run check`; it must not stop somebody in the middle of a change.
  const mode = ['--noEmit', 'false', '--noUnusedLocals', 'false', '--noUnusedParameters', 'false', '--outDir', made]
  await run(join(modules, '.bin/tsc'), ['-p', 'pkg/tsconfig.json', ...mode])
  for (const folder of ['types', 'cjs/types']) {
    rmSync(join(dist, folder), { recursive: true, force: true })
    // The folder's package.json decides whether TypeScript reads a declaration as ES module or CommonJS.
    for (const file of reachable(made)) {
      mkdirSync(dirname(join(dist, folder, file)), { recursive: true })
      cpSync(join(made, file), join(dist, folder, file))
    }
  }
}

function reachable(made) {
  const found = new Set(roots)
  for (const file of found) {
    if (!existsSync(join(made, file)))
      throw new Failure(`declaration \`${file}\` was not made`, `is it inside ${relative('.', root)}/pkg/src?`)
    const text = readFileSync(join(made, file), 'utf8')
    for (const [, path] of text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
      found.add(join(dirname(file), path).replace(/\.js$/, '.d.ts'))
    }
  }
  return found
}

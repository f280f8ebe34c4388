#!/usr/bin/env node
// Bundles the demo into www/dist. `page`, for any host of files: names with hashes, a page that refers to them, a service
// worker that keeps them all. `node`: the repository for `serve.mjs`. `lictor` comes from the workspace, built (pkg/dist),
// exactly as a user of the package would get it.
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const www = dirname(fileURLToPath(import.meta.url))

/** Engines that know `light-dark()`, the newest thing the styles use. */
const target = ['chrome123', 'firefox120', 'safari17.5']

/**
 * Writes the demo into `dist` (emptied first) and says which version it is. `esbuildOptions` is for whoever develops the
 * demo against another `lictor` than the built one.
 */
export async function build({ dist = join(www, 'dist'), esbuildOptions = {} } = {}) {
  // Imported late: before the first `npm ci` there is no esbuild, and `npm start` must still be able to say so.
  const esbuild = await import('esbuild')
  rmSync(dist, { recursive: true, force: true })
  const folder = join(dist, 'page')
  mkdirSync(folder, { recursive: true })
  const common = {
    bundle: true,
    minify: true,
    target,
    charset: 'utf8',
    logLevel: 'warning',
    legalComments: 'none',
    ...esbuildOptions,
  }

  const { metafile } = await esbuild.build({
    ...common,
    entryPoints: { main: join(www, 'src/main.tsx'), boot: join(www, 'src/boot.ts') },
    outdir: folder,
    entryNames: 'assets/[name]-[hash]',
    format: 'esm',
    platform: 'browser',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    sourcemap: true,
    metafile: true,
    define: { PEOPLE: JSON.stringify(people()) },
  })

  cpSync(join(www, 'src/static'), folder, { recursive: true })
  writeFileSync(join(folder, 'index.html'), page(folder, metafile))
  const { shell, version } = everything(folder)
  await esbuild.build({
    ...common,
    entryPoints: [join(www, 'src/sw.ts')],
    outfile: join(folder, 'sw.js'),
    format: 'iife',
    platform: 'browser',
    define: { SHELL: JSON.stringify(shell), VERSION: JSON.stringify(version) },
  })
  await esbuild.build({
    ...common,
    minify: false,
    target: 'node20',
    entryPoints: [join(www, 'src/api/node.ts')],
    outfile: join(dist, 'node/api.js'),
    format: 'esm',
    platform: 'node',
    packages: 'external',
  })
  return { dist, version }
}

/** Who can sign in: names and affiliations. What a person may do is not among it; that the server says to that person. */
function people() {
  const { users } = JSON.parse(readFileSync(join(www, 'data/repository.json'), 'utf8'))
  return Object.entries(users)
    .filter(([, { active }]) => active !== false)
    .map(([id, { name, affiliation }]) => ({ id, name, affiliation }))
}

/** The page with the names the bundler chose. */
function page(dist, metafile) {
  const outputs = Object.keys(metafile.outputs).map((path) => relative(dist, path))
  const find = (pattern) => {
    const found = outputs.filter((path) => pattern.test(path))
    if (found.length !== 1) throw new Error(`expected one output like ${pattern}, found ${found.length}`)
    return found[0]
  }
  const names = {
    main: find(/^assets\/main-\w+\.js$/),
    boot: find(/^assets\/boot-\w+\.js$/),
    style: find(/^assets\/main-\w+\.css$/),
  }
  return readFileSync(join(www, 'src/index.html'), 'utf8').replace(/\{\{(\w+)\}\}/g, (_, name) => names[name])
}

/** All files but source maps, as the page asks for them, and one hash over their contents. */
function everything(dist) {
  const files = readdirSync(dist, { recursive: true })
    // Where the server is must be asked, not remembered.
    .filter((path) => statSync(join(dist, path)).isFile() && !path.endsWith('.map') && path !== 'server.json')
    .sort()
  const all = createHash('sha256')
  for (const path of files) all.update(path).update(readFileSync(join(dist, path)))
  return { shell: files.map((path) => (path === 'index.html' ? './' : path)), version: all.digest('hex').slice(0, 12) }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { version } = await build()
  console.log(`www/dist, version ${version}`)
}

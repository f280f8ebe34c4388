import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { checkGlue, dist, glue, root, toolsGlue } from '../lib/paths.mjs'
import { compiledPreset } from './compiled.mjs'
import { presets } from './generate.mjs'
import { textOf } from './text.mjs'

/** JSON Schemas of policy documents and of records, for editors and for hosts that check what they are given. */
const schemas = [
  ['policy.schema.json', 'src/policy/schema.json'],
  ['record.schema.json', 'src/policy/record.schema.json'],
]

/** The `.wasm` files by the names their modules are imported by, what they are called in the package, and which Node reads as a file. */
const wasms = {
  wasm: { file: join(glue, 'lictor_bg.wasm'), name: 'lictor.wasm', hex: true },
  'wasm-check': { file: join(checkGlue, 'check_bg.wasm'), name: 'lictor-check.wasm' },
  'wasm-tools': { file: join(toolsGlue, 'tools_bg.wasm'), name: 'lictor-tools.wasm', hex: true },
}

/**
 * What goes into `pkg/dist`. `wasm` is what is put behind the file's name where a host resolves the compiled module itself;
 * `wrap` makes the ES module a list of names over the CommonJS one, so `import` and `require` share one instance.
 */
const entries = [
  { out: 'browser', from: 'entry/inline.ts', esm: true, cjs: true },
  { out: 'node', from: 'entry/node.ts', wrap: 'node', cjs: true },
  { out: 'workerd', from: 'entry/module.ts', esm: true, wasm: '' },
  { out: 'edge-light', from: 'entry/module.ts', esm: true, wasm: '?module' },
  { out: 'slim', from: 'entry/slim.ts', esm: true, cjs: true },
  { out: 'check', from: 'check/entry/inline.ts', esm: true, cjs: true },
  { out: 'check-slim', from: 'check/entry/slim.ts', esm: true, cjs: true },
  { out: 'check-workerd', from: 'check/entry/module.ts', esm: true, wasm: '' },
  { out: 'check-edge-light', from: 'check/entry/module.ts', esm: true, wasm: '?module' },
  { out: 'store', from: 'store/index.ts', esm: true, cjs: true, wrap: 'store-node' },
  // These take the engine they are given, so they hold no wasm. ES modules only: Node, Deno, Bun and bundlers read them.
  { out: 'store-sqlite', from: 'store/sqlite.ts', esm: true },
  { out: 'store-postgres', from: 'store/postgres.ts', esm: true },
  { out: 'store-durable', from: 'store/durable.ts', esm: true },
  // What hosts and authors need beside, with a wasm of its own.
  { out: 'tools', from: 'tools/entry/inline.ts', esm: true, cjs: true },
  { out: 'tools-node', from: 'tools/entry/node.ts', wrap: 'tools-node', cjs: true },
  { out: 'tools-workerd', from: 'tools/entry/module.ts', esm: true, wasm: '' },
  { out: 'tools-edge-light', from: 'tools/entry/module.ts', esm: true, wasm: '?module' },
  { out: 'client', from: 'client/index.ts', esm: true },
  { out: 'react', from: 'react/index.ts', esm: true },
  { out: 'server', from: 'server/index.ts', esm: true },
  { out: 'server-node', from: 'server/node.ts', esm: true },
  { out: 'invenio', from: 'invenio/index.ts', esm: true },
  // Beside the others in the package, so it takes engine, stores and server from there.
  { out: 'cli', from: 'cli/index.ts', esm: true, siblings: true },
]

/** Written for the reader of a stack trace, not minified: a bundler does that better, knowing the whole program. */
export async function bundle() {
  // Imported late: before the first `npm ci` there is no esbuild, and these scripts must start without it.
  const { build } = await import('esbuild')
  mkdirSync(join(dist, 'cjs'), { recursive: true })
  cpSync(join(root, presets), join(dist, 'presets'), {
    recursive: true,
    filter: (path) => path === join(root, presets) || path.endsWith('.json'),
  })
  // As modules too: a JSON import needs an attribute that not every bundler knows.
  for (const file of readdirSync(join(root, presets)).filter((name) => name.endsWith('.json'))) {
    const document = JSON.stringify(JSON.parse(readFileSync(join(root, presets, file), 'utf8')))
    writeFileSync(join(dist, 'presets', file.replace(/json$/, 'js')), `export default ${document}\n`)
  }
  for (const [name, from] of schemas) cpSync(join(root, from), join(dist, name))
  for (const [key, { file, name, hex }] of Object.entries(wasms)) {
    cpSync(file, join(dist, name))
    if (hex)
      writeFileSync(join(dist, `cjs/${key}-hex.js`), `module.exports = '${readFileSync(file).toString('hex')}'\n`)
  }
  // npm takes a licence only from the package's own folder.
  cpSync(join(root, 'LICENSE'), join(root, 'pkg/LICENSE'))
  writeFileSync(join(dist, 'cjs/package.json'), '{ "type": "commonjs" }\n')
  await Promise.all(entries.map((entry) => bundleOne(build, entry)))
}

async function bundleOne(build, { out, from, esm, cjs, wrap, wasm, siblings }) {
  const common = {
    entryPoints: [join(root, 'pkg/src', from)],
    bundle: true,
    target: 'es2022',
    charset: 'utf8',
    logLevel: 'warning',
    // Dependencies stay imports: the consumer's tree holds one copy of each.
    packages: 'external',
    plugins: [
      wasmPlugin(wasm),
      presetPlugin(),
      compiledPlugin(),
      versionPlugin(),
      ...(siblings ? [siblingsPlugin()] : []),
    ],
  }
  if (esm) await build({ ...common, format: 'esm', platform: 'neutral', outfile: join(dist, `${out}.js`) })
  if (cjs) await build({ ...common, format: 'cjs', platform: 'node', outfile: join(dist, 'cjs', `${out}.js`) })
  if (wrap) {
    const names = await exportedNames(build, common)
    writeFileSync(join(dist, `${wrap}.js`), wrapper(`./cjs/${out}.js`, names))
  }
}

async function exportedNames(build, common) {
  const { metafile } = await build({
    ...common,
    format: 'esm',
    platform: 'neutral',
    write: false,
    outfile: 'names.js',
    metafile: true,
  })
  return metafile.outputs[Object.keys(metafile.outputs)[0]].exports.sort()
}

function wrapper(path, names) {
  return `import shared from '${path}'\n\n${names.map((name) => `export const ${name} = shared.${name}\n`).join('')}`
}

/** `KEY:module`, `KEY:text` and `KEY:hex-file`: a `.wasm` as the host's own module, in the script, and in a script beside it. */
function wasmPlugin(suffix) {
  const keyOf = (path) => path.slice(0, path.indexOf(':'))
  return {
    name: 'wasm',
    setup(build) {
      build.onResolve({ filter: /^wasm(-check|-tools)?:module$/ }, ({ path }) => ({
        path: `./${wasms[keyOf(path)].name}${suffix}`,
        external: true,
      }))
      // A module of its own, which is read only where there is no file.
      build.onResolve({ filter: /^wasm(-tools)?:hex-file$/ }, ({ path }) => ({
        path: `./${keyOf(path)}-hex.js`,
        external: true,
      }))
      build.onResolve({ filter: /^wasm(-check|-tools)?:text$/ }, ({ path }) => ({
        path: keyOf(path),
        namespace: 'wasm-text',
      }))
      build.onLoad({ filter: /.*/, namespace: 'wasm-text' }, ({ path }) => ({
        contents: textOf(readFileSync(wasms[path].file)),
        loader: 'text',
      }))
    },
  }
}

/** `preset:NAME` is the document itself, without the spaces of its source. */
function presetPlugin() {
  return {
    name: 'preset',
    setup(build) {
      build.onResolve({ filter: /^preset:/ }, ({ path }) => ({
        path: path.slice('preset:'.length),
        namespace: 'preset',
      }))
      build.onLoad({ filter: /.*/, namespace: 'preset' }, ({ path }) => ({
        contents: readFileSync(join(root, presets, `${path}.json`), 'utf8'),
        loader: 'json',
      }))
    },
  }
}

/** `compiled:NAME` is the same as bytes, as text. */
function compiledPlugin() {
  return {
    name: 'compiled',
    setup(build) {
      build.onResolve({ filter: /^compiled:/ }, ({ path }) => ({
        path: path.slice('compiled:'.length),
        namespace: 'compiled',
      }))
      build.onLoad({ filter: /.*/, namespace: 'compiled' }, async ({ path }) => ({
        contents: textOf(await compiledPreset(path)),
        loader: 'text',
      }))
    },
  }
}

/** `package:version` is the version in package.json. */
function versionPlugin() {
  return {
    name: 'version',
    setup(build) {
      build.onResolve({ filter: /^package:version$/ }, ({ path }) => ({ path, namespace: 'version' }))
      build.onLoad({ filter: /.*/, namespace: 'version' }, () => ({
        contents: JSON.stringify(JSON.parse(readFileSync(join(root, 'pkg/package.json'), 'utf8')).version),
        loader: 'json',
      }))
    },
  }
}

/** What is an entry itself is not bundled a second time: it stays an import of the file beside this one. */
function siblingsPlugin() {
  const files = new Map(entries.map(({ out, from, wrap }) => [join(root, 'pkg/src', from), `./${wrap ?? out}.js`]))
  return {
    name: 'siblings',
    setup(build) {
      build.onResolve({ filter: /^\..*\.js$/ }, ({ path, resolveDir }) => {
        const file = files.get(join(resolveDir, path.replace(/js$/, 'ts')))
        return file && { path: file, external: true }
      })
    },
  }
}

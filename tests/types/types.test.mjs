// What TypeScript sees of the packed package.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { installPacked, root } from '../hosts/packed.mjs'

const sources = fileURLToPath(new URL('.', import.meta.url))

/** What a reader of the READMEs has by then, from a part above or from the host. */
const GIVEN = {
  createEngine: "typeof import('lictor').createEngine",
  createHandler: "typeof import('lictor/server').createHandler",
  createTools: "typeof import('lictor/tools').createTools",
  engine: "import('lictor').Engine",
  store: "import('lictor/store').HostStore",
  facts: "import('lictor').FactsInput<import('lictor').RepositoryVocabulary>",
  resource: "import('lictor').Resource",
  client: "Awaited<ReturnType<typeof import('lictor/client').openClient>>",
  authenticate: "import('lictor/server').Authenticate",
  subjectOf: "(request: Request) => import('lictor').Subject",
  bulk: "(batch: import('lictor/tools').AppliedRecord[]) => Promise<void>",
  readFile: "(name: string, encoding: 'utf8') => Promise<string>",
  readText: '(name: string) => Promise<string>',
  files: 'string[]',
  secret: 'string',
  passphrase: 'string',
  key: 'string',
  former: 'string',
}

/** Whether code speaks of what it neither makes nor imports. */
function uses(code, name) {
  const told = code.replace(/\/\/.*/g, '').replace(/'[^']*'/g, "''")
  const makes = new RegExp(`\\b(const|import) (\\{[^}]*)?\\b${name}\\b[^}]*?(\\}|=)`)
  return new RegExp(`(?<!\\.)\\b${name}\\b(?!: )`).test(told) && !makes.test(told)
}

describe('the declarations', () => {
  let consumer
  before(() => {
    consumer = installPacked()
  })
  after(() => consumer?.remove())

  /** Declarations of dependencies are checked too: a dangling import in ours must not hide behind `skipLibCheck`. */
  function compile(file, ...options) {
    cpSync(join(sources, file.startsWith('hosts') ? 'hosts.ts' : 'consumer.ts'), join(consumer.folder, file))
    return strictly([file], ...options)
  }

  function strictly(files, ...options) {
    const strict = [
      '--strict',
      '--noEmit',
      '--skipLibCheck',
      'false',
      '--target',
      'es2022',
      '--lib',
      'es2023,dom',
      '--types',
      '',
    ]
    try {
      return execFileSync(join(root, 'node_modules/.bin/tsc'), [...strict, ...options, ...files], {
        cwd: consumer.folder,
        encoding: 'utf8',
      })
    } catch (error) {
      return error.stdout
    }
  }

  test('compile for a bundler', () => {
    assert.equal(compile('bundler.ts', '--module', 'esnext', '--moduleResolution', 'bundler'), '')
  })

  test('compile for Node as an ES module', () => {
    assert.equal(compile('esm.mts', '--module', 'nodenext'), '')
  })

  test('compile for Node as CommonJS', () => {
    assert.equal(compile('cjs.cts', '--module', 'nodenext'), '')
  })

  test('an engine is what client, server and stores take', () => {
    assert.equal(compile('hosts.mts', '--module', 'nodenext'), '')
  })

  test('take the code of both READMEs as it stands there, and what needs nothing else runs', () => {
    const parts = [join(root, 'README.md'), join(root, 'pkg/README.md')].flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code),
    )
    assert.ok(parts.length > 10)
    let alone = 0
    const files = parts.map((code, i) => {
      const given = Object.entries(GIVEN).filter(([name]) => uses(code, name))
      if (given.length === 0) {
        execFileSync(process.execPath, ['--input-type=module', '--eval', code], { cwd: consumer.folder })
        alone += 1
      }
      const head = given.map(([name, type]) => `declare const ${name}: ${type}\n`)
      consumer.write(`readme-${i}.mts`, `${head.join('')}${code}\nexport {}\n`)
      return `readme-${i}.mts`
    })
    assert.equal(strictly(files, '--module', 'nodenext'), '')
    assert.ok(alone >= 3)
  })

  test('never say any', () => {
    const declared = consumer.files.filter((file) => file.endsWith('.d.ts'))
    assert.ok(declared.length > 0)
    for (const file of declared) {
      const text = readFileSync(join(consumer.folder, 'node_modules/lictor', file), 'utf8')
      const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|'[^']*'|"[^"]*"/g, '')
      // As the name of a property it is no type.
      assert.doesNotMatch(code, /\bany\b(?!\??:)/, file)
    }
  })
})

import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))
export const { version } = JSON.parse(readFileSync(join(root, 'pkg/package.json'), 'utf8'))

/**
 * Packs the package as it would be published and installs it in an empty folder, as a stranger would.
 * @returns the folder, the tarball, and `remove`
 */
export function installPacked() {
  const folder = mkdtempSync(join(tmpdir(), 'lictor-consumer-'))
  const npm = (...args) => execFileSync('npm', [...args, '--loglevel=error'], { cwd: folder, encoding: 'utf8' })
  const [{ filename, files }] = JSON.parse(npm('pack', join(root, 'pkg'), '--json'))
  const tarball = join(folder, filename)
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  // `npm ci` of this project has filled the cache, so this asks no registry.
  npm('install', tarball, '--prefer-offline', '--no-audit', '--no-fund')
  return {
    folder,
    tarball,
    files: files.map(({ path }) => path),
    copy: (from) => cpSync(from, folder, { recursive: true }),
    write: (name, text) => writeFileSync(join(folder, name), text),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

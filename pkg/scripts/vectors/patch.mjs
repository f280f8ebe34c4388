// JSON Patch, as far as rows use it.
import { NotUnderstood, only, same } from './shape.mjs'

/** The document after the operations. */
export function patched(document, operations) {
  const root = structuredClone(document)
  for (const operation of operations) {
    only(operation, ['op', 'path', 'value', 'from'], 'patch')
    const { op, path, from } = operation
    if (op === 'add' || op === 'replace') put(root, path, operation.value, op === 'add')
    else if (op === 'remove') take(root, path)
    else if (op === 'move') put(root, path, take(root, from), true)
    else if (op === 'copy') put(root, path, structuredClone(find(root, from)), true)
    else if (op !== 'test' || !same(find(root, path), operation.value)) throw new NotUnderstood(`patch: \`${op}\``)
  }
  return root
}

function keysOf(pointer) {
  if (!pointer?.startsWith('/')) throw new NotUnderstood(`patch: path \`${pointer}\``)
  const keys = pointer.slice(1).split('/')
  return keys.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function holder(root, pointer) {
  const keys = keysOf(pointer)
  const last = keys.pop()
  const at = keys.reduce((value, key) => value?.[key], root)
  if (at === null || typeof at !== 'object') throw new NotUnderstood(`patch: nothing at \`${pointer}\``)
  return [at, last]
}

function find(root, pointer) {
  const [at, last] = holder(root, pointer)
  if (!Object.hasOwn(at, last)) throw new NotUnderstood(`patch: nothing at \`${pointer}\``)
  return at[last]
}

function put(root, pointer, value, insert) {
  const [at, last] = holder(root, pointer)
  if (!insert) find(root, pointer)
  if (Array.isArray(at) && insert) at.splice(last === '-' ? at.length : Number(last), 0, value)
  else at[last] = value
}

function take(root, pointer) {
  const value = find(root, pointer)
  const [at, last] = holder(root, pointer)
  if (Array.isArray(at)) at.splice(Number(last), 1)
  else delete at[last]
  return value
}

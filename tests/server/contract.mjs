// Holds answers to the OpenAPI document the server itself serves.
import assert from 'node:assert/strict'
import Ajv from 'ajv/dist/2020.js'

const PROBLEM = 'application/problem+json'

/** `check(method, path, response, text)` throws for an answer that the document does not allow. */
export async function contractOf(handler, { origin, base }) {
  const document = await (await handler(new Request(`${origin}${base}/openapi.json`))).json()
  const ajv = new Ajv({ strict: false, allErrors: true })
  ajv.addSchema(document, 'openapi')
  const compiled = new Map()
  const templates = Object.keys(document.paths)
    .map((template) => ({
      template,
      pattern: new RegExp(`^${template.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
      fixed: template.split('/').filter((part) => part !== '' && !part.startsWith('{')).length,
    }))
    .sort((one, other) => other.fixed - one.fixed)
  const pointer = (parts) =>
    parts.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).map(encodeURIComponent)

  return (method, path, { status, headers }, text) => {
    const where = `${method} ${path} ${status}`
    const type = (headers.get('content-type') ?? '').split(';')[0]
    if (status >= 400) assert.equal(type, PROBLEM, where)
    const pathname = path.split('?')[0].slice(base.length)
    const found = path.startsWith(base) && templates.find(({ pattern }) => pattern.test(pathname))
    if (!found) return assert.equal(status, 404, `${where}: no such path is documented`)
    const operation = document.paths[found.template][method === 'HEAD' ? 'get' : method.toLowerCase()]
    // A stream of events has no head.
    if (operation === undefined || (method === 'HEAD' && status === 405)) {
      if (method === 'OPTIONS') return assert.equal(status, 204, where)
      return assert.equal(status, 405, `${where}: the method is not documented`)
    }
    const answer = operation.responses[status]
    assert.ok(answer, `${where}: the status is not documented`)
    // A schema of events is about each of them, not about the text that they are sent as.
    if (method === 'HEAD' || text === '' || type === 'text/event-stream') return undefined
    assert.ok(answer.content?.[type], `${where}: \`${type}\` is not documented`)
    const parts = [
      'paths',
      found.template,
      method.toLowerCase(),
      'responses',
      String(status),
      'content',
      type,
      'schema',
    ]
    const key = `openapi#/${pointer(parts).join('/')}`
    if (!compiled.has(key)) compiled.set(key, ajv.compile({ $ref: key }))
    const validate = compiled.get(key)
    assert.ok(
      validate(/[+/]json$/.test(type) ? JSON.parse(text) : text),
      `${where}: ${ajv.errorsText(validate.errors)}`,
    )
    return undefined
  }
}

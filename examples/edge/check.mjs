// What may be done to a record, answered at the edge by a fraction of the engine, under a policy of your own: make its bytes with
// `npx lictor policy compile policy.bin my-policy.json`. With wrangler: `npx wrangler deploy examples/edge/check.mjs`.
// POST {subject, resource, facts} -> {allowed, unknown}
import { createEngine, LictorError } from 'lictor/check'
import policy from './policy.bin'

let engine

export default {
  async fetch(request) {
    // One promise for all requests that come while it starts.
    engine ??= createEngine({ policy: new Uint8Array(policy) })
    try {
      const { facts = {}, ...about } = await request.json()
      const answers = Object.entries((await engine).actions(about, facts))
      const those = (word) => answers.filter(([, { decision }]) => decision === word).map(([action]) => action)
      return Response.json({ allowed: those('allow'), unknown: those('unknown') })
    } catch (error) {
      if (error instanceof SyntaxError) return Response.json({ message: 'the body is not JSON' }, { status: 400 })
      if (error instanceof LictorError)
        return Response.json({ code: error.code, path: error.path, message: error.message }, { status: 400 })
      throw error
    }
  },
}

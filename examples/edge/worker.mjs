// An edge function that answers whether a user may do something: runs unchanged in workerd.
// POST {subject, action, resource, facts} -> {decision, reasons, missing}
import { createEngine, LictorError } from 'lictor'

let engine

export default {
  async fetch(request) {
    if (request.method !== 'POST') return Response.json({ message: 'POST an evaluation' }, { status: 405 })
    // Nothing is compiled while a module starts; the first request does it.
    engine ??= await createEngine()
    try {
      const { facts, ...evaluation } = await request.json()
      const { decision, reasons, missing } = engine.check(evaluation, facts ?? {})
      return Response.json({ decision, reasons, missing })
    } catch (error) {
      if (error instanceof SyntaxError) return Response.json({ message: 'the body is not JSON' }, { status: 400 })
      if (error instanceof LictorError)
        return Response.json({ code: error.code, path: error.path, message: error.message }, { status: 400 })
      throw error
    }
  },
}

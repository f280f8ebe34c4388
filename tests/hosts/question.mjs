/**
 * The questions every host is asked: each way into the engine once. Its source is pasted into programs for other
 * hosts, so it uses nothing but its argument.
 */
export async function ask({ createEngine, LictorError }) {
  const engine = await createEngine()
  const community = { grants: { member: ['read'], curator: ['read', 'approve'] } }
  const membership = { community: 'cesnet', user: 4, role: 'curator' }
  const facts = engine.facts({ communities: { cesnet: community }, memberships: [membership], complete: true })
  const record = { id: 'r1', communities: { primary: 'cesnet' }, state: 'pending-approval' }
  const resource = { type: 'record', id: 'r1', properties: record }
  const curator = { type: 'user', id: 4 }
  let code
  try {
    engine.check({ subject: curator, action: 'fly', resource }, facts)
  } catch (error) {
    code = error instanceof LictorError && error.code
  }
  const answers = [
    engine.check({ subject: curator, action: 'approve', resource }, facts).decision,
    engine.check({ subject: { type: 'anonymous' }, action: 'read', resource }, facts).decision,
    engine.check({ subject: curator, action: 'approve', resource }, {}).decision,
    code,
  ]
  // `lictor/check` looks, and does no more.
  if (engine.step === undefined) return answers.join(' ')
  const session = engine.session(curator, facts)
  const index = engine.index([record])
  answers.push(
    engine.filter({ subject: curator, action: 'read' }, facts).answer(record),
    session.can(index.row('r1'), 'approve'),
    session.canRecord(record, 'publish'),
    session.visible(index).count,
    engine.step({ do: 'transition', subject: curator, resource, transition: 'approve' }, facts).status,
  )
  return answers.join(' ')
}

/** Of `lictor/check`. */
export const looking = 'allow deny unknown unknown_action'
export const expected = `${looking} allow allow deny 1 202`

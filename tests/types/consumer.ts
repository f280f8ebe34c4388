// A consumer's program: compiled in strict mode against the packed package, never run.
import { createEngine } from 'lictor'
import type {
  Call,
  Checker,
  Counting,
  Decision,
  Evaluation,
  Facts,
  FactsInput,
  Key,
  MemberView,
  PolicyInfo,
  PresetVocabularies,
  StepResult,
  Vocabulary,
  Where,
} from 'lictor'
import { createEngine as createChecker } from 'lictor/check'
import { init } from 'lictor/slim'
import { openIndexedDBStore, openMemoryStore } from 'lictor/store'

interface Words extends Vocabulary {
  action: 'read' | 'publish'
  state: 'draft' | 'published'
}

export const question: Evaluation<Words> = {
  subject: { type: 'user', id: 4 },
  action: 'publish',
  resource: { type: 'record', id: 'r1' },
}

export const wrong: Evaluation<Words> = {
  subject: { type: 'anonymous' },
  // @ts-expect-error an action the vocabulary does not declare
  action: 'publsh',
  resource: { type: 'record' },
}

export const facts: FactsInput<Words> = { memberships: [{ community: 'c', user: 4, role: 'curator' }], complete: true }

/** What is known, in a constant of its own: whether it is all need not be a literal. */
export function known(checker: Checker<Words>, all: boolean): Facts {
  const counted = { users: { 4: { roles: ['librarians'] } }, complete: true }
  const written = {
    communities: { c: { grants: { curator: ['read', 'publish'] } } },
    memberships: [{ community: 'c', user: 4, role: ['curator'] }],
    access: [{ action: 'superuser-access', user: 1 }],
    complete: [{ relation: 'membership', where: { user: 4 } }],
  } as const
  const told = { communities: { c: { grants: { curator: ['publish'] } } }, complete: true } satisfies FactsInput<Words>
  const misspelt = { communities: { c: { grants: { curator: ['publsh'] } } }, complete: all } as const
  // @ts-expect-error an action the vocabulary does not declare
  checker.facts(misspelt)
  // @ts-expect-error a list of certificates, or whether all was given
  checker.facts({ complete: 'all' })
  checker.check(question, { ...written, complete: all })
  return [counted, told].map((facts) => checker.facts(facts)).at(0) ?? checker.facts(written)
}

/** The words of all machines of a policy are its words. */
type Repository = PresetVocabularies['repository']

export const rename: Evaluation<Repository> = {
  subject: { type: 'anonymous', properties: { links: ['l1'] } },
  action: 'rename',
  resource: { type: 'community', id: 'c' },
}

export const misspelt: Evaluation<Repository> = {
  subject: { type: 'anonymous' },
  // @ts-expect-error no machine of the policy declares it
  action: 'renam',
  resource: { type: 'review', id: 'q1' },
}

export const states: Repository['state'][] = ['published', 'submitted']

export const invitation: Call<Repository> = {
  do: 'invite',
  subject: { type: 'user', id: 2 },
  community: 'c',
  role: ['curator', 'publisher'],
  members: [{ user: 6, request: 'i1' }, { email: 'a@repo.example' }],
}

export const promotion: Call<Repository> = {
  do: 'change_role',
  subject: { type: 'user', id: 2 },
  community: 'c',
  // @ts-expect-error no role of the policy
  role: 'boss',
  members: [{ group: 'staff' }],
}

export const setting: Call<Repository> = {
  do: 'update_community',
  subject: { type: 'user', id: 1 },
  id: 'c',
  set: [{ path: ['access', 'visibility'], value: 'restricted' }],
}

export const submission: Call<Repository> = {
  do: 'transition',
  subject: { type: 'user', id: 1 },
  resource: { type: 'record', id: 'r1' },
  transition: 'request-approval',
  params: { request: 'q1', community: 'c', more: [1] },
}

export const crooked: Call<Repository> = {
  do: 'transition',
  subject: { type: 'user', id: 1 },
  resource: { type: 'record', id: 'r1' },
  transition: 'include',
  // @ts-expect-error the id of a request is text
  params: { request: 1 },
}

export function rolesIn(result: StepResult<Repository>): Repository['role'][] {
  if (result.t === 'need') return []
  return (result.members ?? []).flatMap(({ roles = [] }: MemberView<Repository>) => roles)
}

export function countOf(key: Key): 'guarded_records' | 'open_requests' | undefined {
  const counted: FactsInput = { communities: { c: { counted: { open_requests: true } } } }
  void counted
  return key.relation === 'community' && 'field' in key && key.field === 'open_requests' ? key.field : undefined
}

export const conditions = (lists: Counting[]): Where[] => lists.map(({ where }) => where)

export function typesOf({ types, machines }: PolicyInfo): string[] {
  return [...types, ...machines.flatMap((machine) => machine.types)].map(({ key }) => key)
}

export function isMoment(key: Key): boolean {
  return key.relation === 'time'
}

export function isOver(where: Where): boolean {
  return where.op === 'term' && where.over
}

export function isAllowed(decision: Decision): boolean {
  // @ts-expect-error an answer is one of three words
  if (decision.decision === 'yes') return false
  return decision.decision === 'allow'
}

export async function start(): Promise<void> {
  const { codes } = await createEngine()
  // The default policy is the whole model, and another has words of its own.
  const [read, lift]: number[] = [codes.read, codes['lift-embargo']]
  // @ts-expect-error an action of the default policy that `oarepo` has not
  const none: unknown = (await createEngine({ policy: 'oarepo' })).codes['lift-embargo']
  void [read, lift, none]
  init(fetch('/lictor.wasm'))
  void openMemoryStore
  void openIndexedDBStore
}

/** What only looks has no operations, and reads no documents. */
export async function look(policy: Uint8Array): Promise<unknown[]> {
  const checker = await createChecker()
  const own = await createChecker<Words>({ policy })
  // @ts-expect-error no operations
  checker.step({ do: 'list_acls', subject: { type: 'system' } }, {})
  // @ts-expect-error no lists
  checker.filter({ subject: { type: 'anonymous' }, action: 'read' }, {})
  const verdict = checker.check({ subject: { type: 'anonymous' }, action: 'read', resource: { type: 'record' } }, {})
  // @ts-expect-error no remedies
  void verdict.remedies
  // @ts-expect-error no documents
  await createChecker({ policy: 'oarepo' })
  const resource = { type: 'record', id: 'r1' }
  return [checker.check({ subject: { type: 'anonymous' }, action: 'read', resource }, {}), own.check(question, facts)]
}

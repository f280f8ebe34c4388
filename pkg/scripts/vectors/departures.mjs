// Where lictor departs from upstream on purpose. A departure is a rule over what a row is about, never a list of rows:
//   preset   under which it holds
//   file     which files it speaks of
//   applies  whether it speaks of a comparison, `{row, table, cell, expected}`
//   gives    what the answer is where it departs; any other answer is a difference all the same
//   reason   domain.md, quoted
//   rare     it may well explain nothing in a file of its kind
import { accounts } from './accounts/departures.mjs'
import { COMMUNITIES_PRESET } from './communities.mjs'
import { COMMUNITIES } from './executed.mjs'
import { foundInRecords, LISTS as ACLS, stacked, unnamed } from './explicit-acls.mjs'
import { NARROWED, REFUSED } from './ils/access.mjs'
import { CRASHES } from './ils/loans.mjs'
import { ILS } from './ils/world.mjs'
import { fallsBack, NO_PARENTS } from './invenio/settings.mjs'
import { NO_NUMBER, takenAnyway, UNREADABLE } from './invenio/objects.mjs'
import { isAboutSubjects, isConfigured } from './invenio/record-flows.mjs'
import { RAISES } from './invenio/records.mjs'
import { INVENIO, RDM } from './invenio/world.mjs'
import { scene } from './reading.mjs'

const DECISIONS = /^oc305_executed_decisions/
const LISTS = /^oc305_executed_search/
const CREATION = /^oc305_executed_create/

const about = (predicate) => (comparison) => predicate(scene(comparison), comparison.expected)
const succeeds = (answer) => answer === true || answer?.outcome === 'ok'
const isDenied = (answer) => answer === false || answer?.outcome === 'InvalidPermissionError'
const yes = (given) => succeeds(given)
const no = (given) => isDenied(given)
const changes = ({ kind }) => kind !== 'http_if_denied'

const oarepo = [
  {
    name: 'hidden-records-are-not-found',
    file: DECISIONS,
    applies: about((it) => !it.readable && it.part !== 'read'),
    gives: (given) => given === false || given === 404 || given?.outcome === 'not_found',
    reason: '1: "may the subject read the record? if not, not found, whatever the transition\'s name"',
  },
  {
    name: 'refused-read-conceals',
    file: DECISIONS,
    applies: ({ cell }) => cell === 'http_if_denied.read',
    gives: (given) => given === 404,
    reason:
      '6: "A decision that would reveal that a record or community exists which the subject may not read carries `conceal`"',
  },
  {
    name: 'unknown-communities-are-not-found',
    file: CREATION,
    applies: ({ row, cell }) => cell === 'http_if_denied.create' && !COMMUNITIES.includes(row.community),
    gives: (given) => given === 404,
    reason:
      '6: "A decision that would reveal that a record or community exists which the subject may not read carries `conceal`"; what is hidden and what is not there are answered alike',
  },
  {
    name: 'anonymous-is-asked-to-sign-in',
    file: DECISIONS,
    applies: about((it, expected) => it.anonymous && it.readable && expected?.http === 403),
    gives: ({ outcome, http }) => outcome === 'InvalidPermissionError' && http === 401,
    reason: '1: "permission 401 (anonymous) or 403"; upstream: "A refused transition is 403, to anonymous too"',
  },
  {
    name: 'transitions-are-written',
    file: DECISIONS,
    applies: ({ expected }) => expected?.commit_record === false,
    gives: (given, expected) => JSON.stringify(given) === JSON.stringify({ ...expected, commit_record: true }),
    reason:
      '1.10: "`commit` (default true; compat as below)"; upstream: "approve, revert_approval and delete_draft carry `commit_record: false`"',
  },
  {
    name: 'delete-starts-in-editing',
    file: DECISIONS,
    applies: about(
      (it, expected) => it.part === 'delete_draft' && it.state === 'pending-approval' && isDenied(expected),
    ),
    gives: (given) => given.outcome === 'InvalidSourceStateError' && given.http === 400,
    reason: '1: "delete | editing (upstream lists pending-approval too but its permission always denies)"',
  },
  {
    name: 'aliases-are-states',
    file: DECISIONS,
    applies: about((it) => it.aliased && changes(it)),
    gives: (given, expected) => succeeds(given) !== succeeds(expected) || isDenied(given),
    reason: '1: "`editing` (... alias `filling`), `pending-approval` (alias `approving`)"; upstream: "aliases are off"',
  },
  {
    name: 'author-means-owner',
    file: DECISIONS,
    applies: about((it, expected) => it.authors(it.action) && !it.owner && succeeds(expected)),
    gives: no,
    reason: '1.5: "`author` = owner **of this record** (upstream granted `author` to every logged-in user: a leak)"',
  },
  {
    name: 'superuser-updates-approved',
    file: DECISIONS,
    applies: about((it) => it.part === 'update' && it.superuser && it.state === 'approved' && changes(it)),
    gives: yes,
    reason: '1: "superuser, or grants(update) through role admin, also in approved"',
  },
  {
    name: 'granted-read-reaches-approved',
    file: DECISIONS,
    applies: about((it, expected) => it.part === 'read' && it.state === 'approved' && it.readable && !expected),
    gives: yes,
    reason:
      '1: "Reach: ... member, publisher, every other role and `any`: approved and published"; upstream asks for role member or publisher besides',
  },
  {
    name: 'built-in-rights-stay',
    file: DECISIONS,
    applies: about(
      (it) => changes(it) && it.action && !it.allowed(it.action) && (it.owner || it.superuser) && it.readable,
    ),
    gives: yes,
    reason:
      '1: "Taking an action out of the allowed set ends role and pseudo-role grants only; the owner\'s and superuser\'s built-in rights stay"',
  },
  {
    name: 'secondary-roles-give-nothing',
    file: DECISIONS,
    applies: about((it, expected) => it.part === 'read' && !it.readable && !it.granted('read') && succeeds(expected)),
    gives: no,
    reason: '1: "A secondary community\'s roles give nothing before publication"',
  },
  {
    name: 'rows-reach-as-far-as-any',
    file: DECISIONS,
    applies: about((it, expected) => it.part === 'read' && !it.readable && it.granted('read') && succeeds(expected)),
    gives: no,
    reason: '1: "An allow row (5.7) for a, with argument C or none, counts as a grant in C with the reach of `any`"',
  },
  {
    name: 'deny-rows-come-first',
    file: DECISIONS,
    applies: about((it, expected) => changes(it) && it.action && it.denied(it.action) && succeeds(expected)),
    gives: no,
    reason: '1: "A deny row for a, or for `superuser-access`, comes before every other rule here"',
    rare: true,
  },
  {
    name: 'lists-show-what-may-be-read',
    file: LISTS,
    applies: about((it, expected) => it.part && it.readable && !expected),
    gives: yes,
    reason:
      '1.8: "published everywhere, the subject\'s own records, and what each of the subject\'s communities lets them see"; 6: "Lists: the same rules as a filter"',
  },
  {
    name: 'lists-follow-the-primary-community',
    file: LISTS,
    applies: about((it, expected) => it.part && !it.readable && expected),
    gives: no,
    reason: '1: "A secondary community\'s roles give nothing before publication"',
  },
]

const released = [
  {
    name: 'client-writes-keep-invariants',
    file: /^(oc305_tests|oarepo_fsm)/,
    applies: ({ row, cell }) => row.kind === 'record_mutation' && cell === 'ok' && row.expected.ok === true,
    gives: (given) => ['state_immutable', 'owners_immutable', 'secondary_consent'].includes(given),
    reason:
      '1.11: "owner and status never set by a client\'s write (upstream: PUT could publish) ... a secondary community is added only with that community\'s consent"',
    rare: true,
  },
]

const communities = [
  {
    name: 'invitees-know-of-their-community',
    file: /^seed003_spec/,
    applies: ({ row, expected }) =>
      row.ctx.role === 'invited' && row.ctx.community?.visibility === 'restricted' && expected === false,
    gives: (given) => given === true,
    reason:
      '3.1: "Invited users see it only if the switch `invitee_can_read_community` is on (the document says they do ...): default on in `communities`"',
    rare: true,
  },
]

const invenio = [
  {
    name: 'communities-have-no-parents',
    file: /^flow_settings/,
    applies: ({ row, cell }) => cell === 'result' && /\b(parent|child)\b/.test(row.op),
    gives: (given) => given === NO_PARENTS,
    reason: '3: the features of communities, among which no relation of parent and child stands',
    rare: true,
  },
  {
    name: 'settings-take-no-other-values',
    file: /^flow_settings/,
    applies: ({ row, cell, expected }) => cell === 'result' && expected === 'ok' && fallsBack(row),
    gives: (given) => given === 'invalid',
    reason: '3.7: settings have the values of the table, and "an importer must name the variant and never guess"',
    rare: true,
  },
]

const rdm = [
  {
    name: 'what-upstream-cannot-answer-is-answered',
    file: /^record_policy/,
    applies: ({ expected }) => expected === RAISES,
    gives: (given) => typeof given === 'boolean',
    reason:
      'upstream raises AttributeError: a draft has no deletion status; here a draft is read as a record that is there',
    rare: true,
  },
  {
    name: 'embargoes-stand-as-they-are-stored',
    file: /^access_objects/,
    applies: ({ row, cell, expected }) =>
      ['levels', 'after', 'status', 'status after'].includes(cell) &&
      row.input.embargo?.active === null &&
      (expected === 'embargoed' || expected.active === true),
    gives: (given, expected) =>
      expected === 'embargoed'
        ? ['open', 'metadata-only', 'restricted'].includes(given)
        : given.active === false && given.record === expected.record && given.files === expected.files,
    reason:
      '3: "reading looks only at the levels. A past date changes nothing by itself": an embargo nobody said is active is not',
    rare: true,
  },
  {
    name: 'the-day-of-an-embargo-that-is-not-active-says-nothing',
    file: /^access_objects/,
    applies: ({ row, cell, expected }) =>
      cell === 'schema' && expected === 'invalid' && row.input.embargo?.active === false,
    gives: (given) => given === 'ok',
    reason:
      '3: "reading looks only at the levels. A past date changes nothing by itself": "not active" is what an embargo is of which nobody said anything, and a day that may stand there then may stand there now',
    rare: true,
  },
  {
    name: 'levels-nobody-knows-are-refused',
    file: /^access_objects/,
    applies: ({ row }) => row.errors?.length > 0,
    gives: (given) => given === UNREADABLE,
    reason:
      'upstream reads a level it does not know as public and notes an error; here such a record is read by nobody',
    rare: true,
  },
  {
    name: 'ids-of-users-are-any-text',
    file: /^access_objects/,
    applies: ({ row }) => row.need === NO_NUMBER,
    gives: (given) => Array.isArray(given) && given.every(([kind]) => kind === 'id'),
    reason:
      'upstream raises ValueError: its users have numbers; here an id is a text, and the grant is for the user of that id',
    rare: true,
  },
  {
    name: 'settings-of-new-communities-take-no-other-values',
    file: /^access_objects/,
    applies: ({ row, cell, expected }) => cell === 'class' && expected === 'ok' && takenAnyway(row),
    gives: (given) => given === 'invalid',
    reason: '3.7: settings have the values of the table, and "an importer must name the variant and never guess"',
    rare: true,
  },
  {
    name: 'no-terms-of-grace',
    file: /^flow_records/,
    applies: ({ row, cell, expected }) => cell === 'result' && expected === 'invalid' && isConfigured(row),
    gives: (given) => given === 'ok',
    reason:
      '3: a record is restricted, and a link made, by whoever manages access to it; no term of days and no obligatory end stands there',
    rare: true,
  },
  {
    name: 'a-grant-takes-the-place-of-another',
    file: /^flow_records/,
    applies: ({ cell, expected }) => cell === 'result' && expected === 'duplicate',
    gives: (given) => given === 'ok',
    reason:
      '3: "created and removed by those who manage the record": a second grant to the same subject is the one that holds',
    rare: true,
  },
  {
    name: 'grants-are-for-whoever-has-the-id',
    file: /^flow_records/,
    applies: ({ row, cell, expected }) =>
      cell === 'result' && ['invalid', 'denied'].includes(expected) && isAboutSubjects(row),
    gives: (given) => given === 'ok',
    reason: '3: "Grants (to user, role, system role)": who there is, the host knows; a grant for nobody gives nothing',
    rare: true,
  },
]

const ils = [
  {
    name: 'lists-equal-the-single-check',
    file: /^ils/,
    applies: ({ row, cell, expected }) => {
      const [kind, name] = cell.split(' ')
      const wrong = expected ? row.leaked : row.hidden
      return row.section === 'search_filter' && ['filter', 'visible'].includes(kind) && wrong.includes(name)
    },
    gives: (given, expected) => given === !expected,
    reason:
      '4.5: "the list filter is logically equal to the single check (upstream\'s is inverted when explicit permissions are on: it leaks restricted documents)"',
    rare: true,
  },
  {
    name: 'lists-are-narrowed-whatever-is-asked',
    file: /^ils/,
    applies: ({ row, expected }) => row.section === 'patron_search_filter' && expected === REFUSED,
    gives: (given) => given === NARROWED,
    reason:
      '4: "Patrons see only their own loans and requests"; upstream refuses a query that names another patron where it finds one, and narrows the list besides',
    rare: true,
  },
  {
    name: 'what-is-not-said-of-a-document-extends-nothing',
    file: /^ils/,
    applies: ({ row, expected }) => row.section === 'extend_permission' && expected === CRASHES,
    gives: (given) => given === 'denied' || given === 'refused',
    reason:
      '4.6: "owner at most 3 times and not if overbooked"; upstream crashes where a document does not say whether it is',
    rare: true,
  },
]

const LISTS_FILE = /^explicit_acls/
const acls = [
  {
    name: 'priorities-stand-by-operation-and-group',
    file: LISTS_FILE,
    applies: stacked,
    reason:
      '2: "**Counting** ACLs: per operation and priority group"; upstream: "only the **globally** highest priority counts, over all operations and groups"',
  },
  {
    name: 'who-stands-in-the-record-is-asked',
    file: LISTS_FILE,
    applies: foundInRecords,
    reason:
      '2.3: "**RecordUser** (users enumerated at a JSON pointer of the record ...)"; upstream: "RecordUser and RecordRole never grant through search"',
  },
  {
    name: 'pointers-may-lead-nowhere',
    file: LISTS_FILE,
    applies: ({ cell, expected }) => cell === 'error' && expected === 'JsonPointerException',
    gives: (given) => given === undefined,
    reason: '2: "A pointer that is missing in the record matches nobody (upstream aborted indexing)"',
  },
  {
    name: 'every-record-has-its-lists',
    file: LISTS_FILE,
    applies: unnamed,
    reason:
      '2: "an Id ACL ignores `schemas` when matching"; upstream: "a record whose schema no ACL names gets no field"',
  },
]

export const departures = [
  ...acls.map((rule) => ({ ...rule, preset: ACLS })),
  ...oarepo.map((rule) => ({ ...rule, preset: 'oarepo' })),
  ...released.map((rule) => ({ ...rule, preset: 'oarepo-3.0.5' })),
  ...communities.map((rule) => ({ ...rule, preset: COMMUNITIES_PRESET })),
  ...accounts.map((rule) => ({ ...rule, preset: RDM })),
  ...[INVENIO, RDM].flatMap((preset) => invenio.map((rule) => ({ ...rule, preset }))),
  ...ils.map((rule) => ({ ...rule, preset: ILS })),
  ...rdm.map((rule) => ({ ...rule, preset: RDM })),
]

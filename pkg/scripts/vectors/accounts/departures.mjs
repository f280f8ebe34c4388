// Where accounts depart from upstream on purpose; see `../departures.mjs` for what a rule is.
const LOADER = /^users_yaml/
const COMMANDS = /^cli/

export const accounts = [
  {
    name: 'passwords-are-hashed-with-argon2id',
    file: LOADER,
    applies: ({ cell, expected }) => cell.endsWith(' hash_prefix') && expected === 'pbkdf2-sha512',
    gives: (given) => given === 'argon2id',
    reason: '5.3: "hashed with a modern scheme (Argon2id)"',
    rare: true,
  },
  {
    name: 'the-first-administrator-can-log-in',
    file: LOADER,
    applies: ({ row, cell, expected }) =>
      row.users_yaml === null && / (active|confirmed)$/.test(cell) && expected === false,
    gives: (given) => given === true,
    reason: '5.2: "upstream leaves it inactive; here active and confirmed, since otherwise nobody can log in"',
    rare: true,
  },
  {
    name: 'a-file-is-loaded-whole-or-not-at-all',
    file: LOADER,
    applies: ({ row, cell, expected }) => row.error !== null && cell === 'emails' && expected.length > 0,
    gives: (given) => given.length === 0,
    reason: '5.4: "error before anything is written; ... all or nothing"',
    rare: true,
  },
  {
    name: 'crashes-are-answers',
    file: COMMANDS,
    applies: ({ expected }) => expected === 'crash',
    gives: (given) => given === 'ok' || given === 'invalid',
    reason: '5: upstream ends with an exception; 5.4 and 5.5 say what is an error, and what is already so is none',
    rare: true,
  },
  {
    name: 'accounts-are-confirmed-by-command',
    file: COMMANDS,
    applies: ({ row, expected }) =>
      /^invenio users (confirm|password|load) /.test(row.cmd) &&
      /No such command/.test(row.output) &&
      expected === 'invalid',
    gives: (given) => given === 'ok',
    reason: '5.5: "`users activate`, `deactivate`, `confirm`, `password`" are commands; upstream has no such',
    rare: true,
  },
  {
    name: 'rows-are-about-somebody',
    file: COMMANDS,
    applies: ({ row, expected }) => /^invenio access remove .* global\b/.test(row.cmd) && expected === 'ok',
    gives: (given) => given === 'invalid',
    reason: '5.5: rows are about "`user EMAIL`, `role ROLE` or `system_role NAME`"; there is none about nobody',
    rare: true,
  },
]

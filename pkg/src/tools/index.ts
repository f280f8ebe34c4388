/** `lictor/tools`: what only hosts and authors need. It has a `.wasm` of its own; nothing here reaches a browser. */

export { Accounts, openAccounts, type OpenOptions } from './accounts/index.js'
export type {
  Account,
  Created,
  Loaded,
  NewAccount,
  Passwords,
  RoleMade,
  RoleSet,
  RowsResult,
  RowTo,
  SignedIn,
} from './accounts/shapes.js'
export { type AppliedChanges, type AppliedEntry, AppliedLists, type AppliedRecord } from './applied.js'
export { Condition } from './backend/condition.js'
export type {
  BackendReason,
  ColumnNames,
  FieldTypes,
  OpenSearchCondition,
  OpenSearchOptions,
  Sided,
  SqlCondition,
  SqlOptions,
} from './backend/shapes.js'
export {
  type Assertion,
  type AssertionResult,
  type AssertionsResult,
  checkPolicy,
  diffPolicies,
  type Finding,
  type LintCode,
  lintPolicy,
  type Moved,
  type PolicyChange,
  type PolicyDiff,
  type PolicyGiven,
  policyImpact,
  type PolicyImpact,
  type PolicyInUse,
  policyTable,
  type PolicyTable,
  type Scene,
} from './author.js'
export {
  Bundle,
  type BundleInput,
  type BundleKeys,
  makeBundleKeys,
  openBundle,
  type OpenBundleOptions,
  signBundle,
  type TrustedKey,
} from './bundle.js'
export { type Fault, LictorError } from '../errors.js'
export {
  cancelReapply,
  openReapply,
  Reapply,
  reapply,
  type Reapplied,
  type ReapplyJob,
  type ReapplyOptions,
  type ReapplyProgress,
  type ReapplySink,
  reapplyStatus,
} from './reapply/index.js'
export { createTools, Tools, type ToolsOptions } from './tools.js'
export type {
  Administers,
  AdministersCall,
  KnownAction,
  RegisteredAction,
  RowsCall,
  RowsChanged,
  UserFixture,
  UsersFile,
  UsersInput,
} from './shapes.js'
export { FileError, type FaultInFile } from './yaml.js'

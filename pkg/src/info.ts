/** The words of a policy, as the engine tells them: `engine.policy`. */

/** A record type: where it keeps what rules look at, as keys from the outermost; its paths in REST. */
export interface RecordTypeInfo {
  key: string
  primary: string[]
  secondary: string[]
  state: string[]
  owners: string[]
  /** The fields the policy names beside these, as far as this type has them, by name. */
  named: { name: string; path: string[] }[]
  /** Whether it goes through the workflow. */
  transitions: boolean
  list_path: string
  item_path: string
}

/** Record types that share their actions, states, transitions and rules. */
export interface MachineInfo {
  actions: string[]
  transitions: string[]
  states: string[]
  /** Actions a device asks the server about, instead of queueing them, while their answer is unknown. */
  ask: string[]
  types: RecordTypeInfo[]
}

/** The words of a policy. What is not under `machines` is the document's own machine. */
export interface PolicyInfo extends MachineInfo {
  name: string
  hash: string
  roles: string[]
  /** Machines of other record types, by name. One whose type is `community` says what can be done to a community. */
  machines: MachineInfo[]
}

/** What is wrong with a definition: an error keeps it from being published, a warning does not. */
export interface Problem {
  severity: "error" | "warning";
  code: ProblemCode;
  message: string;
  nodeId?: string;
  edgeIndex?: number;
  /** JSON pointer into the definition. */
  path: string;
  /** Where in the text that the pointer names, for expressions. */
  offset?: number;
}

export type ProblemCode =
  | "invalid_shape"
  | "too_deep"
  | "too_many_expressions"
  | "unstorable_text"
  | "empty"
  | "no_trigger"
  | "duplicate_id"
  | "unknown_parent"
  | "parent_not_container"
  | "parent_cycle"
  | "unknown_slot"
  | "unknown_node"
  | "edge_crosses_slots"
  | "edge_into_trigger"
  | "duplicate_edge"
  | "cycle"
  | "unknown_port"
  | "unreachable"
  | "trigger_in_container"
  | "outside_loop"
  | "join_never_fires"
  | "not_for_containers"
  | "no_effect"
  | "error_without_route"
  | "unknown_kind"
  | "unknown_kind_version"
  | "invalid_config"
  | "invalid_schema"
  | "bad_expression"
  | "constant_condition"
  | "unknown_name"
  | "unknown_step"
  | "invisible_step"
  | "not_upstream"
  | "unknown_loop"
  | "unknown_input"
  | "unknown_reference"
  | "secret_outside_secret_field";

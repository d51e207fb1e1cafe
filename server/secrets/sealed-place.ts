/** Where values lie that are sealed with a workspace's data key. Whoever seals says so here, so that rotation finds it. */
export interface SealedPlace {
  readonly table: string;
  /** Columns of the envelope and of its key. The row's id and workspace are `id` and `workspace_id`. */
  readonly sealed: string;
  readonly dataKey: string;
  /** Column of the blob that holds the envelope of rows whose `sealed` is empty. */
  readonly blob?: string;
  binding(row: { id: string; workspaceId: string }): string;
}

/** The same for what is sealed directly under the master key. */
export interface MasterSealedPlace {
  readonly table: string;
  readonly id: string;
  /** Absent: rows that belong to no workspace. */
  readonly workspaceId?: string;
  readonly sealed: string;
  binding(row: { id: string; workspaceId: string | null }): string;
}

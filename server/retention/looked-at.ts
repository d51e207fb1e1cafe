/**
 * Runs of one workflow (null: of none) in the order of their making. `workflow_id = $n` and `IS NULL` are statements of their own: `IS NOT
 * DISTINCT FROM` finds nothing by an index. The order names the column because `IS NULL` does not tell the planner that it is one value.
 */
export function ofWorkflow(workflowId: string | null, parameter: string): { condition: string; order: string } {
  const condition = workflowId === null ? `workflow_id IS NULL AND ${parameter}::uuid IS NULL` : `workflow_id = ${parameter}::uuid`;
  return { condition, order: "workflow_id DESC, created_at, id" };
}

/** Where a walk over runs has come to. */
export interface Place {
  createdAt: Date;
  id: string;
}

export const BEGINNING: Place = { createdAt: new Date(0), id: "00000000-0000-0000-0000-000000000000" };

import type { CanvasMarks, NodeMark } from "@/components/canvas/marks";
import type { Person } from "@/components/presence/people";
import type { WorkflowProblem } from "@/server/workflows/contract";

/** Problems as marks on the nodes they are about, and people on the nodes they are at. */
export function problemMarks(problems: readonly WorkflowProblem[] | null, people: readonly Person[] = []): CanvasMarks {
  const marks = new Map<string, NodeMark>();
  for (const { nodeId, severity } of problems ?? []) {
    if (nodeId === undefined) continue;
    const mark = marks.get(nodeId) ?? { errors: 0, warnings: 0 };
    const field = severity === "error" ? "errors" : "warnings";
    marks.set(nodeId, { ...mark, [field]: (mark[field] ?? 0) + 1 });
  }
  for (const person of people) {
    for (const id of person.nodeIds) {
      const mark = marks.get(id) ?? {};
      marks.set(id, { ...mark, people: [...(mark.people ?? []), person] });
    }
  }
  return { marks, isRun: false };
}

export function countProblems(problems: readonly WorkflowProblem[] | null): { errors: number; warnings: number } {
  const errors = problems?.filter(({ severity }) => severity === "error").length ?? 0;
  return { errors, warnings: (problems?.length ?? 0) - errors };
}

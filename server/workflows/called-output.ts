import type { z } from "zod";
import type { Scope } from "@/server/auth/scope";
import { idCalled } from "./called";
import type { calledOutputInput, calledOutputSchema } from "./contract";

/** What a version that a step calls says of its output: completion knows it before any test. */
export function findCalledOutput({ scope }: { scope: Scope }, { workflow: ref, version }: z.output<typeof calledOutputInput>): Promise<z.output<typeof calledOutputSchema>> {
  return scope.db.transaction(async (tx) => {
    const id = await idCalled(tx, ref);
    const workflow = id === null ? null : await tx.workflow.findFirst({ where: { id, deletedAt: null }, select: { publishedVersionId: true } });
    if (id === null || workflow === null) return null;
    if (version === "latest" && workflow.publishedVersionId === null) return null;
    const found = await tx.workflowVersion.findFirst({ where: { workflowId: id, listed: true, ...(version === "latest" ? { id: workflow.publishedVersionId! } : { number: version }) }, select: { definition: true } });
    if (found === null) return null;
    const { output, outputSchema } = found.definition as { output?: unknown; outputSchema?: unknown };
    return { output, outputSchema };
  });
}

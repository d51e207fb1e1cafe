import type { z } from "zod";
import type { Scope } from "@/server/auth/scope";
import { DomainError } from "@/server/errors/domain-error";
import type { createFromExampleInput, WorkflowDetail, WorkflowExample } from "./contract";
import { callOthers } from "./call-others";
import { findExample, readExamples } from "./examples";
import { publish } from "./versions";
import { createWorkflow, getWorkflow } from "./view-workflow";

interface Context {
  scope: Scope;
}
const NOTE = "Example";

/** A workflow that can be run at once: published, if the person may, and with the workflows that it calls. */
export async function createFromExample(context: Context, input: z.output<typeof createFromExampleInput>): Promise<WorkflowDetail> {
  const example = await findExample(input.example);
  const slugs = new Map<string, string>();
  for (const companion of example.companions) slugs.set(companion.slug, await ensureCompanion(context, companion, input.folderId));
  const { id } = await createWorkflow(context, { name: input.name ?? example.name, description: example.description, definition: callOthers(example.definition, slugs), folderId: input.folderId });
  await publishIfAllowed(context, id);
  return getWorkflow(context, { workflowId: id });
}

/** The slug of the workflow to call. One with the same slug and the same steps is that workflow already. */
async function ensureCompanion(context: Context, { slug, name, description, definition }: WorkflowExample["companions"][number], folderId: string | undefined): Promise<string> {
  const existing = await context.scope.db.workflow.findFirst({ where: { slug, deletedAt: null, archivedAt: null, publishedVersionId: { not: null } }, select: { draft: true } });
  if (existing !== null && JSON.stringify(existing.draft) === JSON.stringify(definition)) return slug;
  const { id, slug: own } = await createWorkflow(context, { name, description, definition, folderId });
  await publishIfAllowed(context, id);
  return own;
}

async function publishIfAllowed(context: Context, workflowId: string): Promise<void> {
  if (!context.scope.can("workflow:publish")) return;
  await publish(context, { workflowId, note: NOTE }).catch((error: unknown) => {
    // It stays a draft that somebody is to look at first.
    if (!(error instanceof DomainError && error.kind === "review_needed")) throw error;
  });
}

/** The first few examples, so that a new installation has something to run. */
export async function prepareFirstWorkspace(context: Context): Promise<void> {
  for (const { id, starter } of await readExamples()) if (starter) await createFromExample(context, { example: id });
}

import type { Workflow, WorkflowVersion } from "@/prisma/generated/client";
import type { VersionSummary, WorkflowSummary } from "./contract";
import type { Arrangement } from "@/server/organizing/service";
import { tagSchema } from "@/server/organizing/contract";
import type { WorkflowExtras } from "./queries";

type Listed = Omit<Workflow, "draft" | "pins"> & { publishedVersion: { number: number | null; draftRevision: number | null } | null };

const looseTagSchema = tagSchema.extend({ color: tagSchema.shape.color.catch("gray") });

export function toSummary(workflow: Listed, extras: WorkflowExtras | undefined, arrangement: Arrangement | undefined): WorkflowSummary {
  const { id, name, description, kind, publishedVersion, publishedVersionId, publishedAt } = workflow;
  const published = publishedVersionId === null || publishedAt === null ? null : { versionId: publishedVersionId, number: publishedVersion?.number ?? 0, publishedAt: publishedAt.toISOString() };
  return {
    id, name, description, kind, published,
    slug: workflow.slug,
    triggers: extras?.triggers ?? [],
    draftChanged: publishedVersion !== null && publishedVersion.draftRevision !== workflow.draftRevision,
    lastRun: extras?.runId ? { id: extras.runId, status: extras.runStatus ?? "", createdAt: extras.runAt?.toISOString() ?? "" } : null,
    createdAt: workflow.createdAt.toISOString(),
    updatedAt: workflow.updatedAt.toISOString(),
    archivedAt: workflow.archivedAt?.toISOString() ?? null,
    deletedAt: workflow.deletedAt?.toISOString() ?? null,
    folderId: arrangement?.folderId ?? null,
    tags: arrangement?.tags.map((tag) => looseTagSchema.parse(tag)) ?? [],
    favorite: arrangement?.favorite ?? false,
  };
}

type ListedVersion = Omit<WorkflowVersion, "definition" | "inputSchema" | "outputSchema">;

export function toVersionSummary(version: ListedVersion, currentId: string | null, names: ReadonlyMap<string, string>): VersionSummary {
  const { id, hash, note, authorId } = version;
  return {
    id, hash, note,
    number: version.number ?? 0,
    author: authorId === null ? null : { id: authorId, name: names.get(authorId) ?? "somebody" },
    createdAt: version.createdAt.toISOString(),
    current: id === currentId,
  };
}

import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";

type Subject = "run" | "workflow" | "trigger";

/**
 * Who has access to parts of a workspace hears of single things only if they are in those parts. Others are left out, not refused:
 * all tabs of a browser share one stream, and one of them may show what is gone by now.
 */
export async function audibleTopics(scope: Scope, topics: readonly string[]): Promise<string[]> {
  if (scope.places === null) return [...topics];
  const subjects = topics.map(subjectOf);
  const found = await scope.db.transaction(async (tx) => {
    const ids = { run: new Set<string>(), workflow: new Set<string>(), trigger: new Set<string>() };
    for (const subject of subjects) if (subject !== null) ids[subject.kind].add(subject.id);
    return { run: await idsOf(tx, "run", ids.run), workflow: await idsOf(tx, "workflow", ids.workflow), trigger: await idsOf(tx, "trigger", ids.trigger) };
  });
  return topics.filter((_topic, index) => {
    const subject = subjects[index]!;
    return subject === null || found[subject.kind].has(subject.id);
  });
}

/** Null: lists of many things. */
function subjectOf(topic: string): { kind: Subject; id: string } | null {
  const [kind, id] = topic.split(":") as [string, string | undefined];
  return id === undefined ? null : { kind: kind === "presence" ? "workflow" : (kind as Subject), id };
}

async function idsOf(tx: Tx, subject: Subject, ids: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  if (ids.size === 0) return ids;
  const query = { where: { id: { in: [...ids] } }, select: { id: true } };
  const rows = await { run: () => tx.run.findMany(query), workflow: () => tx.workflow.findMany(query), trigger: () => tx.trigger.findMany(query) }[subject]();
  return new Set(rows.map(({ id }) => id));
}

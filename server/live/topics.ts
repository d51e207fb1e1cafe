import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";

type Subject = "run" | "workflow" | "trigger";

/** Who has access to parts of a workspace hears of single things only if they are in those parts. */
export async function requireTopics(scope: Scope, topics: readonly string[]): Promise<void> {
  if (scope.places === null) return;
  const wanted = new Map<Subject, string[]>();
  for (const topic of topics) {
    const [kind, id] = topic.split(":") as [string, string | undefined];
    if (id === undefined) continue;
    const subject = kind === "presence" ? "workflow" : (kind as Subject);
    wanted.set(subject, [...(wanted.get(subject) ?? []), id]);
  }
  await scope.db.transaction(async (tx) => {
    for (const [subject, ids] of wanted) {
      const unique = [...new Set(ids)];
      if ((await countOf(tx, subject, unique)) < unique.length) throw new DomainError("not_found", { what: subject });
    }
  });
}

function countOf(tx: Tx, subject: Subject, ids: string[]): Promise<number> {
  const where = { id: { in: ids } };
  switch (subject) {
    case "run":
      return tx.run.count({ where });
    case "workflow":
      return tx.workflow.count({ where });
    case "trigger":
      return tx.trigger.count({ where });
  }
}

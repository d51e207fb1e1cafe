import type { z } from "zod";
import type { Scope } from "@/server/auth/scope";
import { PRIORITY_STEP_MS } from "@/server/queue/rank";
import type { Backlog, healthInput, Health } from "./contract";
import { healthOf, spanOf } from "./health";
import { findBacklog, findBacklogOfParts, findHealth } from "./queries";
import { Shared } from "./shared";

export { viewSchedules } from "./schedules";
export { beginWithExample, runFirstExample, setGuideShown, viewGuide } from "./guide";

interface Context {
  scope: Scope;
}

/** Everybody who sees the same and looks at the same time gets the same answer: one walk, however many people watch a busy workspace. */
const looks = new Shared<Health>();
/** What is wider changes more slowly, and costs more. */
const FRESH_MS = { hour: 1_000, day: 1_000, week: 5_000, month: 15_000 } as const;

/** Whoever is held to parts of the workspace shares an answer with those who are held to the same ones. */
function placesOf({ places }: Scope): string {
  return places === null ? "" : JSON.stringify([[...places.folders].sort(), [...places.items].sort()]);
}

export function viewHealth({ scope }: Context, { window }: z.output<typeof healthInput>): Promise<Health> {
  return looks.get(`${scope.workspaceId} ${window} ${placesOf(scope)}`, FRESH_MS[window], async () => {
    const now = Date.now();
    const { from, partMilliseconds } = spanOf(window, now);
    const rows = await scope.db.transaction((tx) => findHealth(tx, { workspaceId: scope.workspaceId, from, partMilliseconds, isHeld: scope.places !== null }));
    return healthOf(rows, window, now);
  });
}

export async function viewBacklog({ scope }: Context): Promise<Backlog> {
  const { states, next } = await scope.db.transaction((tx) => (scope.places === null ? findBacklog(tx, scope.workspaceId) : findBacklogOfParts(tx)));
  const count = (state: string) => states.reduce((sum, row) => sum + (row.state === state ? row.runs : 0), 0);
  const due = next.map(({ rank, priority }) => Number(rank) + priority * PRIORITY_STEP_MS).filter((at) => at <= Date.now());
  return {
    queued: count("queued"),
    running: count("running"),
    waiting: count("waiting"),
    blocked: count("blocked"),
    atLeast: states.some(({ atLeast }) => atLeast),
    oldestDueAt: due.length === 0 ? null : new Date(Math.min(...due)).toISOString(),
  };
}

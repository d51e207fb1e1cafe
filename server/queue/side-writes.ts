import type { ClientBase } from "pg";
import type { NewMessage, RunWrite } from "@/server/engine/ports";
import { Columns } from "@/server/queue/columns";
import { insertRuns, type Enqueued, type EnqueuedRun } from "@/server/queue/enqueue";
import { fillPlaces } from "@/server/queue/admission";
import { abandon } from "@/server/queue/abandon";
import { freeStepPlaces } from "@/server/queue/step-places";
import { deliver } from "@/server/queue/messages";
import { writeWaits } from "@/server/queue/wait-rows";

/** What only some writes carry: waits, child runs, messages, checkpoints, progress. Runs in the transaction that holds the fence. */
export function hasSideWrites(write: RunWrite): boolean {
  return (
    write.waits.length > 0 ||
    write.children.length > 0 ||
    write.messages.length > 0 ||
    write.checkpoints.length > 0 ||
    write.progress.length > 0 ||
    write.vars !== undefined ||
    write.resetTakeovers === true ||
    write.isCleared === true ||
    write.abandons === true ||
    write.frees !== undefined ||
    write.freesSteps !== undefined
  );
}

interface Amendment {
  write: RunWrite;
  row: { path: string; attempt: number; value: string };
}

const AMENDED = new Columns<Amendment>([
  ["run_id", "uuid", ({ write }) => write.runId],
  ["path", "text", ({ row }) => row.path],
  ["attempt", "int", ({ row }) => row.attempt],
  ["value", "text", ({ row }) => row.value],
]);

function amend(column: "checkpoint" | "progress"): string {
  return `UPDATE step_run s SET ${column} = a.value::json FROM ${AMENDED.unnest("a", 1)}
WHERE s.run_id = a.run_id AND s.path = a.path AND s.attempt = a.attempt AND s.finished_at IS NULL`;
}

/** Answers the children that were made, and the receivers of messages that became claimable. */
export async function sideWrites(client: ClientBase, writes: readonly RunWrite[], children: readonly EnqueuedRun[], locked: ReadonlySet<string>): Promise<{ inserted: Enqueued[]; ready: Enqueued[]; messaged: string[] }> {
  await writeWaits(client, writes);
  await amendments(client, writes);
  const inserted = await insertRuns(client, children);
  const delivered = await deliver(client, writes.flatMap((write): NewMessage[] => write.messages));
  delivered.push(...(await abandon(client, writes.filter((write) => write.abandons === true))));
  await upkeep(client, writes);
  delivered.push(...(await freeStepPlaces(client, writes, locked)));
  const freed = writes.flatMap(({ workspaceId, frees }) => (frees === undefined ? [] : [{ workspaceId, place: frees }]));
  const placed = await fillPlaces(client, freed);
  return { inserted, ready: [...placed, ...delivered.filter((one) => one.state === "queued")], messaged: delivered.filter((one) => one.state === "running").map((one) => one.runId) };
}

async function amendments(client: ClientBase, writes: readonly RunWrite[]): Promise<void> {
  const checkpoints = writes.flatMap((write) => write.checkpoints.map((row) => ({ write, row })));
  const progress = writes.flatMap((write) => write.progress.map((row) => ({ write, row })));
  if (checkpoints.length > 0) await client.query({ name: "millrace-checkpoint", text: amend("checkpoint"), values: AMENDED.values(checkpoints) });
  if (progress.length > 0) await client.query({ name: "millrace-progress", text: amend("progress"), values: AMENDED.values(progress) });
}

async function upkeep(client: ClientBase, writes: readonly RunWrite[]): Promise<void> {
  const kept = writes.filter((write) => write.finish === undefined && (write.vars !== undefined || write.resetTakeovers === true || write.isCleared === true));
  if (kept.length === 0) return;
  await client.query({
    name: "millrace-upkeep",
    text: `UPDATE run_queue q SET vars = coalesce(x.vars::json, q.vars), takeovers = CASE WHEN x.reset THEN 0 ELSE q.takeovers END,
  lost_alone = CASE WHEN x.reset THEN 0 ELSE q.lost_alone END, lived_ms = CASE WHEN x.reset THEN 0 ELSE q.lived_ms END, alone = q.alone AND NOT x.reset AND NOT x.cleared,
  wait_reason = CASE WHEN x.reset THEN NULL ELSE q.wait_reason END, kept_write = CASE WHEN x.reset THEN NULL ELSE q.kept_write END
FROM unnest($1::uuid[], $2::text[], $3::boolean[], $4::boolean[]) AS x(run_id, vars, reset, cleared) WHERE q.run_id = x.run_id`,
    values: [kept.map(({ runId }) => runId), kept.map(({ vars }) => vars ?? null), kept.map(({ resetTakeovers }) => resetTakeovers === true), kept.map(({ isCleared }) => isCleared === true)],
  });
}

import { sharedPool } from "@/server/db/client";

/** A worker that has said nothing for so long, without having stopped, is lost, as is one whose process others of its machine found gone; its runs go on elsewhere by their own leases. */
const LOST_AFTER_SECONDS = 45;

// Workers belong to the installation: every workspace with a rule for it hears.
const LOST = `
INSERT INTO platform_fact (workspace_id, kind, key, subject_id, body)
SELECT r.workspace_id, 'worker.lost', 'worker.lost ' || w.id, w.id, json_build_object('id', w.id, 'name', w.name, 'heartbeatAt', w.heartbeat_at)
FROM worker w, (SELECT DISTINCT workspace_id FROM notification_rule WHERE enabled AND 'worker.lost' = ANY (listens)) r
WHERE w.state <> 'stopped' AND w.heartbeat_at > clock_timestamp() - interval '1 day' AND (w.lost_at IS NOT NULL OR w.heartbeat_at < clock_timestamp() - make_interval(secs => ${LOST_AFTER_SECONDS}))
ON CONFLICT (workspace_id, key) DO NOTHING`;

export async function watchWorkers(): Promise<number> {
  const { rowCount } = await sharedPool().query({ name: "workers-lost", text: LOST });
  return rowCount ?? 0;
}

import { sharedPool } from "@/server/db/client";
import type { Tx } from "@/server/db/scoped";
import { isUniqueViolation } from "@/server/db/unique-violation";
import { DomainError } from "@/server/errors/domain-error";

const FIELD = "config.path";
const LOST = { code: "route_taken", message: "Another route took the address while the workflow was deleted. Save it with another path, and enable it." };
const isGlobal = (routeKey: string) => routeKey.includes(" //");

// The same for deleted workflows of other workspaces.
const GIVE_UP = `
UPDATE trigger t SET route_key = NULL, mode = 'disabled', error = $3::json, revision = revision + 1 FROM workflow w
WHERE t.route_key = $1 AND t.retired_at IS NULL AND t.id <> $2 AND w.id = t.workflow_id AND w.deleted_at IS NOT NULL`;

/** Refuses an address that another trigger has, which it names if it is the workspace's own. The unique index decides in the end. */
export async function requireFreeRoute(tx: Tx, routeKey: string | null, triggerId: string): Promise<void> {
  if (routeKey === null) return;
  // Nobody could change a route of a deleted workflow; when that is brought back, the route says what happened.
  await tx.trigger.updateMany({ where: { routeKey, retiredAt: null, id: { not: triggerId }, workflow: { deletedAt: { not: null } } }, data: { routeKey: null, mode: "disabled", error: LOST } });
  const other = await tx.trigger.findFirst({ where: { routeKey, retiredAt: null, id: { not: triggerId } }, select: { name: true, workflow: { select: { name: true } } } });
  if (other !== null) throw taken(` by ${other.name} of the workflow ${other.workflow.name}`);
  if (isGlobal(routeKey)) await requireFreeOutside(routeKey, triggerId);
}

async function requireFreeOutside(routeKey: string, triggerId: string): Promise<void> {
  const first = routeKey.split("//")[1]?.split("/")[0] ?? "";
  await sharedPool().query(GIVE_UP, [routeKey, triggerId, JSON.stringify(LOST)]);
  const { rows } = await sharedPool().query<{ isTaken: boolean; isWorkspace: boolean }>(
    `SELECT EXISTS (SELECT FROM trigger WHERE route_key = $1 AND retired_at IS NULL AND id <> $2) AS "isTaken", EXISTS (SELECT FROM workspace WHERE slug = $3) AS "isWorkspace"`,
    [routeKey, triggerId, first],
  );
  if (rows[0]?.isTaken === true) throw taken("");
  if (rows[0]?.isWorkspace === true) throw new DomainError("invalid_input", { field: FIELD, reason: `must not begin with ${first}: addresses with that word are a workspace's` });
}

/** Two people at once: the second hears the same. */
export async function refuseTakenRoute<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const isRoute = isUniqueViolation(error) && /route_key/.test(JSON.stringify((error as { meta?: unknown }).meta) + (error as Error).message);
    throw isRoute ? taken("", error) : error;
  }
}

function taken(by: string, cause?: unknown): DomainError {
  return new DomainError("invalid_input", { field: FIELD, reason: `is taken already${by}: method and path of a route have to be its own` }, { cause });
}

import type { ScopedDb } from "@/server/db/scoped";
import type { AuditEventView } from "./contract";

/** Ids to names, of one kind of resources of a workspace. */
type Finder = (db: ScopedDb, ids: string[]) => Promise<(readonly [string, string | null | undefined])[]>;

/** What runs write in thousands records no name: it is that of what the run is of. */
const FINDERS: Readonly<Record<string, Finder>> = {
  run: async (db, ids) => [...(await workflowsOfRuns(db, ids))],
  wait: async (db, ids) => {
    const waits = await db.wait.findMany({ where: { id: { in: ids } }, select: { id: true, nodeId: true, runId: true } });
    const workflows = await workflowsOfRuns(db, waits.map(({ runId }) => runId));
    return waits.map(({ id, nodeId, runId }) => [id, [workflows.get(runId), nodeId].filter(Boolean).join(": ")]);
  },
  workflow: async (db, ids) => (await db.workflow.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } })).map(({ id, name }) => [id, name]),
  workspace: async (db, ids) => (await db.workspace.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } })).map(({ id, name }) => [id, name]),
  notification_delivery: async (db, ids) => (await db.notificationDelivery.findMany({ where: { id: { in: ids } }, select: { id: true, notification: { select: { title: true } } } })).map(({ id, notification }) => [id, notification.title]),
};

async function workflowsOfRuns(db: ScopedDb, ids: string[]): Promise<Map<string, string | undefined>> {
  const runs = await db.run.findMany({ where: { id: { in: ids } }, select: { id: true, workflow: { select: { name: true } } } });
  return new Map(runs.map(({ id, workflow }) => [id, workflow?.name]));
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Names for entries that have none of their own, as they are by now; what is gone keeps its id. */
export async function withNames(db: ScopedDb, events: readonly AuditEventView[]): Promise<AuditEventView[]> {
  const wanted = new Map<string, Set<string>>();
  for (const { resource } of events) {
    if (resource?.name !== null || resource.id === null || !UUID.test(resource.id)) continue;
    wanted.set(resource.type, (wanted.get(resource.type) ?? new Set()).add(resource.id));
  }
  const names = new Map<string, string>();
  for (const [type, ids] of wanted) {
    if (!Object.hasOwn(FINDERS, type)) continue;
    for (const [id, name] of await FINDERS[type]!(db, [...ids])) if (name != null) names.set(`${type} ${id}`, name);
  }
  return events.map((event) => {
    const { resource } = event;
    const name = resource?.name === null ? names.get(`${resource.type} ${resource.id}`) : undefined;
    return resource === null || name === undefined ? event : { ...event, resource: { ...resource, name } };
  });
}

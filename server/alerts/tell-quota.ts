import type { ClientBase } from "pg";
import { mailIsSetUp } from "./mail-setting";
import { notify } from "./notify";
import { findPeople } from "./people";

interface Quota {
  id: string;
  organizationId: string;
  workspaceId: string | null;
  month: string;
}

// An organization's quota concerns all of its workspaces; each of its owners and admins hears of it once, in the oldest.
const OLDEST = "SELECT id::text AS id FROM workspace WHERE organization_id = $1 AND deleted_at IS NULL ORDER BY created_at, id LIMIT 1";

/** Those who look after the workspace hear of its quota, in the inbox and by mail as they prefer. Answers the workspace whose pages are to be told. */
export async function tellOfQuota(client: ClientBase, quota: Quota, told: { event: string; severity: "warning" | "error"; title: string; text: string }): Promise<string | null> {
  const { rows } = await client.query<{ id: string }>(OLDEST, [quota.organizationId]);
  const workspaceId = quota.workspaceId ?? rows[0]?.id;
  if (workspaceId === undefined) return null;
  const people = (await findPeople(client, workspaceId, "alerts")).filter(({ roles }) => roles.includes("owner") || roles.includes("admin"));
  const isTold = await notify(client, {
    workspaceId,
    key: `${told.event} ${quota.id} ${quota.month}`,
    category: "alerts",
    event: told.event,
    severity: told.severity,
    title: told.title,
    text: told.text,
    path: "/settings/usage",
    payload: { event: told.event, title: told.title },
    ruleId: null,
    waitId: null,
    userIds: people.filter(({ wants }) => wants.inApp).map(({ id }) => id),
    channelIds: [],
    recipients: (await mailIsSetUp(client, workspaceId)) ? people.filter(({ wants }) => wants.email).map(({ email }) => email) : [],
  });
  return isTold ? workspaceId : null;
}

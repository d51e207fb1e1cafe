import type { ClientBase } from "pg";
import { tellLeaders } from "./tell-leaders";

interface Quota {
  id: string;
  organizationId: string;
  workspaceId: string | null;
  month: string;
}

/** Those who look after the workspace, or the organization, hear of its quota. Answers the workspace whose pages are to be told. */
export function tellOfQuota(client: ClientBase, { id, month, ...place }: Quota, told: { event: string; severity: "warning" | "error"; title: string; text: string }): Promise<string | null> {
  return tellLeaders(client, place, { ...told, key: `${told.event} ${id} ${month}`, path: "/settings/usage" });
}

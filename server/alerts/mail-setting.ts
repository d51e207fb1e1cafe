import type { ClientBase, Pool } from "pg";
import { env } from "@/server/env";
import { type MailSetting, mailSettingSchema } from "./contract";

/** Workspace setting: the mail server. The password is a secret of the workspace. */
export const MAIL_SETTING = "alerts.mail";

const READ = "SELECT value FROM scoped_setting WHERE key = $1 AND scope_type = 'workspace' AND scope_id = $2";

export async function readMailSetting(client: ClientBase | Pool, workspaceId: string): Promise<MailSetting | null> {
  const { rows: [row] } = await client.query<{ value: unknown }>({ name: "alert-mail", text: READ, values: [MAIL_SETTING, workspaceId] });
  const parsed = mailSettingSchema.safeParse(row?.value);
  return parsed.success ? parsed.data : null;
}

/** The workspace's own server, or the installation's. */
export async function mailIsSetUp(client: ClientBase | Pool, workspaceId: string): Promise<boolean> {
  return env.SMTP_URL !== undefined || (await readMailSetting(client, workspaceId)) !== null;
}

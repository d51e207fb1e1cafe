import type { ClientBase } from "pg";
import { mailIsSetUp } from "./mail-setting";
import { type NewNotification, notify } from "./notify";

type Told = Pick<NewNotification, "workspaceId" | "key" | "category" | "event" | "severity" | "title" | "text" | "path">;

/** Each hears of it as they wish: in the inbox, and by mail where a server is set up. False: it was told already, or nobody wishes to hear. */
export async function notifyPeople(client: ClientBase, told: Told, people: readonly { id: string; email: string; wants: { inApp: boolean; email: boolean } }[]): Promise<boolean> {
  return notify(client, {
    ...told,
    payload: { event: told.event, title: told.title },
    ruleId: null,
    waitId: null,
    userIds: people.filter(({ wants }) => wants.inApp).map(({ id }) => id),
    channelIds: [],
    recipients: (await mailIsSetUp(client, told.workspaceId)) ? people.filter(({ wants }) => wants.email).map(({ email }) => email) : [],
  });
}

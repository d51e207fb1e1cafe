import { env } from "@/server/env";
import { makeLinkFor } from "@/server/waits/service";
import { openChannelSecrets } from "./channel-secrets";
import type { DueDelivery } from "./delivery-rows";
import { alertHttp } from "./outbound";
import { sendMail } from "./send-mail";
import { signedHeaders } from "./sign";

const TIMEOUT_MS = 15_000;
const MAX_ANSWER_BYTES = 64 * 1_024;
const MAX_TOLD_CHARACTERS = 300;

/** There is nothing to be told any more: the approval was given. */
export class NotNeeded extends Error {}

const SYMBOLS = { error: "🔴", warning: "🟠", info: "🔵", success: "🟢" } as const;

/** Sends one delivery; throws with what went wrong. A repetition carries the same id. */
export async function send(delivery: DueDelivery): Promise<void> {
  const { channel, recipient, workspaceId, notification } = delivery;
  if (channel === null) return sendMail(workspaceId, { id: delivery.id, to: [recipient ?? ""], subject: subjectOf(delivery), text: await textFor(delivery, recipient ?? "") });
  if (channel.kind === "email") return sendMail(workspaceId, { id: delivery.id, to: channel.config.to ?? [], subject: subjectOf(delivery), text: plainText(delivery) });
  const secrets = await openChannelSecrets({ id: channel.id, workspaceId, dataKeyId: channel.dataKeyId, sealed: channel.sealed === null ? null : Buffer.from(channel.sealed, "base64") });
  if (channel.kind === "slack") {
    const { severity, title, text } = notification;
    // Slack's own control characters are escaped: what people wrote mentions nobody and links nowhere.
    const lines = [`${SYMBOLS[severity]} *${escapeSlack(title)}*`, escapeSlack(text), `<${linkOf(delivery)}|Open in Millrace>`].filter((line) => line !== "");
    return post(secrets.url ?? "", JSON.stringify({ text: lines.join("\n") }), {});
  }
  const body = JSON.stringify({ type: `millrace.${notification.event}`, timestamp: new Date().toISOString(), data: { ...(notification.payload as object), title: notification.title, text: notification.text, severity: notification.severity } });
  if (secrets.signingSecret === undefined) throw new Error("the channel has no key to sign with");
  return post(channel.config.url ?? "", body, signedHeaders(secrets.signingSecret, { id: delivery.id, body, seconds: Math.floor(Date.now() / 1_000) }));
}

async function post(url: string, body: string, headers: Record<string, string>): Promise<void> {
  const answer = await alertHttp().send({ method: "POST", url, body, headers: { "content-type": "application/json", ...headers }, timeoutMs: TIMEOUT_MS, maxResponseBytes: MAX_ANSWER_BYTES, maxRedirects: 0 });
  if (answer.status >= 200 && answer.status < 300) return;
  const said = Buffer.from(answer.body).toString("utf8").trim().slice(0, MAX_TOLD_CHARACTERS);
  throw new Error(`the other side answered ${answer.status}${said === "" ? "" : `: ${said}`}`);
}

const escapeSlack = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function linkOf({ workspace, notification }: DueDelivery): string {
  return `${env.MILLRACE_URL}/${workspace.slug}${notification.path}`;
}

function subjectOf({ notification, workspace }: DueDelivery): string {
  return `[${workspace.name}] ${notification.title}`;
}

function plainText(delivery: DueDelivery): string {
  return [delivery.notification.title, delivery.notification.text, linkOf(delivery)].filter((part) => part !== "").join("\n\n");
}

/** Whoever is asked by mail gets a link of their own, made at this moment: it is stored nowhere, and an earlier one of theirs ends. */
async function textFor(delivery: DueDelivery, recipient: string): Promise<string> {
  const { notification, workspaceId } = delivery;
  if (notification.category !== "approvals" || notification.waitId === null) return plainText(delivery);
  const link = await makeLinkFor({ workspaceId, waitId: notification.waitId, recipient });
  if (link === null) throw new NotNeeded("nobody has to answer any more");
  const { url, message } = link;
  return [notification.title, message, `Answer here, without signing in. The link is for you alone and works once:\n${url}`, `In Millrace:\n${linkOf(delivery)}`].filter((part) => part !== "").join("\n\n");
}

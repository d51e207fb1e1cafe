import type { z } from "zod";
import type { Trigger } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import { personBehind } from "@/server/auth/acting/starter";
import type { Scope } from "@/server/auth/scope";
import { pageFrom } from "@/server/db/keyset";
import { newId } from "@/server/db/id";
import { DomainError } from "@/server/errors/domain-error";
import type { Page } from "@/server/paging/contract";
import { tellTriggerChanged } from "./activity";
import { CAPTURE_SECONDS, type TriggerEventDetail, type TriggerEventView, type captureInput, type captureOutput, type inboxSettingsSchema, type listEventsInput, type resentSchema } from "./contract";
import { findEarlierRun, whyNoRun } from "./event-waits";
import { readContent, readEventValue } from "./event-value";
import { recordEvent } from "./intake";
import type { EventValue, TriggerMapping } from "./kind";
import { mapInput } from "./map-input";
import { findEvent, findEvents, findTrigger, statusesOfRuns } from "./queries";
import { forgetSealSetting, SEAL_SETTING, sealsEvents } from "./sealing";
import { toEventView } from "./views";

interface Context {
  scope: Scope;
}

const SHOWN_CHARACTERS = 200_000;

export function listEvents({ scope }: Context, input: z.output<typeof listEventsInput>): Promise<Page<TriggerEventView>> {
  return scope.db.transaction(async (tx) => {
    const trigger = await findTrigger(tx, input.triggerId);
    const rows = await findEvents(tx, input);
    const runs = await statusesOfRuns(tx, rows.map(({ runId }) => runId));
    const earlier = await findEarlierRun(tx, input.triggerId, trigger, rows);
    return pageFrom(rows, input.limit, ({ receivedAt, id }) => ({ at: receivedAt, id }), (row) => toEventView(row, { runs, waits: whyNoRun(row, trigger, earlier) }));
  });
}

export async function getEvent({ scope }: Context, { eventId }: { eventId: string }): Promise<TriggerEventDetail> {
  const { event, runs, waits } = await scope.db.transaction(async (tx) => {
    const found = await findEvent(tx, eventId);
    const waits = whyNoRun(found, found.trigger, await findEarlierRun(tx, found.triggerId, found.trigger, [found]));
    return { event: found, runs: await statusesOfRuns(tx, [found.runId]), waits };
  });
  const stored = { ...event, meta: event.meta as Record<string, unknown>, headers: event.headers as Record<string, string> };
  const { headers, body } = await readContent(stored);
  const text = body === null ? null : new TextDecoder().decode(body);
  const value = await readEventValue(stored, event.trigger);
  return {
    ...toEventView(event, { runs, waits }),
    headers,
    value,
    input: event.status === "captured" ? await inputOfCaught(value, event.trigger, scope) : event.input,
    bodyText: text?.slice(0, SHOWN_CHARACTERS) ?? null,
    isCut: text !== null && text.length > SHOWN_CHARACTERS,
  };
}

/** What a run would have begun with: tests do. Null: the mapping cannot be evaluated for it. */
async function inputOfCaught(value: EventValue, { kind, mapping, defaultInput }: Trigger, { workspace: { id, slug, name } }: Scope): Promise<unknown> {
  const given = { kind, mapping: mapping as TriggerMapping | null, defaultInput: defaultInput as Record<string, unknown> | null, workspace: { id, slug, name } };
  return mapInput(value, given).catch((error: unknown) => {
    if (DomainError.is(error, "invalid_input")) return null;
    throw error;
  });
}

/** The same event once more, as a new one with a run of its own. It passes a suspended trigger. */
export async function resendEvent({ scope }: Context, { eventId }: { eventId: string }): Promise<z.output<typeof resentSchema>> {
  const event = await scope.db.transaction(async (tx) => {
    const found = await findEvent(tx, eventId);
    if (found.trigger.isDraft) throw new DomainError("invalid_input", { field: "eventId", reason: "was caught for tests of a draft, and starts no run" });
    await recordAudit(tx, scope, { action: "trigger.event_resent", resource: { type: "trigger", id: found.triggerId, name: found.trigger.name }, after: { eventId } });
    return found;
  });
  const stored = { ...event, meta: event.meta as Record<string, unknown>, headers: event.headers as Record<string, string> };
  const { headers, body } = await readContent(stored);
  const { runId, status, eventId: id } = await recordEvent({
    trigger: { id: event.triggerId, workspaceId: scope.workspaceId },
    dedupeKey: `resent ${newId()}`,
    origin: "resent",
    startedById: personBehind(scope),
    headers,
    body,
    contentType: event.contentType,
    meta: { ...stored.meta, resentFrom: eventId },
  });
  return { eventId: id, runId, status };
}

/** The next event of the trigger is kept for the builder and starts nothing. */
export async function captureNext({ scope }: Context, { triggerId, listen }: z.output<typeof captureInput>): Promise<z.output<typeof captureOutput>> {
  const until = listen ? new Date(Date.now() + CAPTURE_SECONDS * 1_000) : null;
  await scope.db.transaction(async (tx) => {
    const { name, isDraft } = await findTrigger(tx, triggerId);
    if (isDraft && listen) throw new DomainError("invalid_input", { field: "triggerId", reason: "tries a step of a draft: listen to that step" });
    await tx.trigger.update({ where: { id: triggerId }, data: { captureUntil: until } });
    if (listen) await recordAudit(tx, scope, { action: "trigger.capturing", resource: { type: "trigger", id: triggerId, name } });
  });
  tellTriggerChanged(scope.workspaceId, triggerId);
  return { until: until?.toISOString() ?? null };
}

/** Held events become runs, the oldest first, as soon as a worker looks: within a second. */
export async function releaseHeld({ scope }: Context, { triggerId }: { triggerId: string }): Promise<{ count: number }> {
  return { count: await settleHeld(scope, triggerId, "trigger.released", { status: "received", dueAt: new Date() }) };
}

export async function discardHeld({ scope }: Context, { triggerId }: { triggerId: string }): Promise<{ count: number }> {
  return { count: await settleHeld(scope, triggerId, "trigger.discarded", { status: "discarded", processedAt: new Date() }) };
}

async function settleHeld(scope: Scope, triggerId: string, action: string, data: { status: string; dueAt?: Date; processedAt?: Date }): Promise<number> {
  const count = await scope.db.transaction(async (tx) => {
    const { name, overQuota } = await findTrigger(tx, triggerId);
    // What a used-up quota holds goes on by itself when there is room again, and not before.
    const staysHeld = overQuota && data.status === "received";
    const settled = await tx.triggerEvent.updateMany({ where: { triggerId, status: "held", ...(staysHeld ? { heldByQuota: false } : {}) }, data });
    if (settled.count > 0) await recordAudit(tx, scope, { action, resource: { type: "trigger", id: triggerId, name }, after: { count: settled.count } });
    return settled.count;
  });
  tellTriggerChanged(scope.workspaceId, triggerId);
  return count;
}

export async function getInboxSettings({ scope }: Context): Promise<z.output<typeof inboxSettingsSchema>> {
  return { sealEvents: await sealsEvents(scope.workspaceId) };
}

/** Counts for events from now on. */
export async function setInboxSettings({ scope }: Context, { sealEvents }: z.output<typeof inboxSettingsSchema>): Promise<z.output<typeof inboxSettingsSchema>> {
  const { workspaceId } = scope;
  await scope.db.transaction(async (tx) => {
    const existing = await tx.scopedSetting.findFirst({ where: { key: SEAL_SETTING, scopeType: "workspace", workspaceId } });
    if (existing === null) await tx.scopedSetting.create({ data: { id: newId(), key: SEAL_SETTING, scopeType: "workspace", scopeId: workspaceId, organizationId: scope.organizationId, workspaceId, value: sealEvents, updatedById: scope.userId } });
    else await tx.scopedSetting.update({ where: { id: existing.id }, data: { value: sealEvents, updatedById: scope.userId } });
    await recordAudit(tx, scope, { action: "trigger.settings_changed", resource: { type: "workspace", id: workspaceId }, after: { sealEvents } });
  });
  forgetSealSetting(workspaceId);
  return { sealEvents };
}

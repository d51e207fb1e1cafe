import { v5 } from "uuid";
import { storableJson } from "@/server/queue/storable-json";
import { recordAuditWith } from "@/server/audit/service";
import { rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { readTriggerSecret } from "@/server/secrets/service";
import { crashPoint } from "@/server/testing/crash-points";
import { tellTriggerChanged } from "@/server/triggers/activity";
import { healthStatement } from "@/server/triggers/health-statement";
import { isTriggerKind, TRIGGER_KIND_NAMES, TRIGGER_KINDS } from "@/server/triggers/kinds";
import { type ProviderSubscription, type Subscribed, TryLater } from "@/server/triggers/source";
import { sourceOf } from "@/server/triggers/sources";
import { dropSubscription, type HeldSubscription, isAnySubscriptionDue, openSubscriptions, saveState, settleSubscription, takeSubscriptions } from "@/server/triggers/subscription-rows";
import { openToken } from "@/server/triggers/token";
import { addressOf } from "@/server/triggers/views";

const TAKEN_AT_ONCE = 10;
const RETRY_FIRST_SECONDS = 2;
const RETRY_MAX_SECONDS = 3_600;
/** After so many attempts, some three days, what a deleted trigger had stays with its provider. */
const GIVE_UP_AFTER = 80;
const NAMESPACE = "5f0d5a0c-9d5e-5a5b-8a52-4f3a1b0f7a54";

// One process is one owner, whatever a development server reloads.
const owner = newId();
const SUBSCRIBING = TRIGGER_KIND_NAMES.filter((kind) => sourceOf(kind).subscription !== undefined);

/** Brings what triggers have at providers up to what they want. Anybody may call it at any time. Answers how many it looked at. */
export async function keepSubscriptions(signal: AbortSignal): Promise<number> {
  if (!(await isAnySubscriptionDue(SUBSCRIBING))) return 0;
  await openSubscriptions(SUBSCRIBING);
  const held = await takeSubscriptions(owner, TAKEN_AT_ONCE);
  await Promise.all(held.map((one) => keep(one, signal)));
  return held.length;
}

async function keep(held: HeldSubscription, signal: AbortSignal): Promise<void> {
  const subscription = isTriggerKind(held.kind) ? sourceOf(held.kind).subscription : undefined;
  if (subscription === undefined) return settleSubscription(owner, held, { dueInSeconds: null, error: null });
  try {
    const settled = await bringUp(held, subscription, signal);
    if (held.trigger === null) return await dropSubscription(owner, held);
    await say(held, { state: held.isWanted ? "subscribed" : "unsubscribed", ...settled.details }, null);
    await settleSubscription(owner, held, { dueInSeconds: held.isWanted ? settled.renewInSeconds : null, error: null });
  } catch (error) {
    // At shutdown the next process goes on at once.
    if (signal.aborted) return settleSubscription(owner, held, { dueInSeconds: 0, error: null });
    await fail(held, error);
  }
}

interface Done {
  renewInSeconds: number | null;
  details?: Record<string, unknown>;
}

/**
 * A place is noted before its provider is asked and forgotten only when the provider says that nothing is there: whenever this
 * process dies, the next one knows all places that may hold something, and finds it there by its address.
 */
async function bringUp(held: HeldSubscription, subscription: ProviderSubscription, signal: AbortSignal): Promise<Done> {
  const { state } = held;
  if (state instanceof Error) throw state;
  const ports = { signal, secret: (name: string) => readTriggerSecret(held, name) };
  const keyOf = ({ config, address }: { config: Record<string, unknown>; address: string }) => `${subscription.placeOf(config)} ${address}`;
  const full = (place: { config: Record<string, unknown>; address: string }): Subscribed => ({ ...place, signingSecret: state.signingSecret });
  const wanted = held.isWanted ? await wantedPlace(held) : null;
  let done: Done = { renewInSeconds: null };
  if (wanted !== null) {
    state.places = [...state.places.filter((place) => keyOf(place) !== keyOf(wanted)), wanted];
    await saveState(owner, held);
    crashPoint("subscription-noted");
    done = await subscription.ensure(full(wanted), ports);
    crashPoint("subscription-made");
  }
  for (const place of state.places.filter((one) => wanted === null || keyOf(one) !== keyOf(wanted))) {
    await subscription.remove(full(place), ports);
    crashPoint("subscription-removed");
    state.places = state.places.filter((one) => one !== place);
    await saveState(owner, held);
  }
  return done;
}

async function wantedPlace({ id, workspaceId, kind, trigger }: HeldSubscription): Promise<{ config: Record<string, unknown>; address: string } | null> {
  if (trigger === null || !isTriggerKind(kind)) return null;
  const { tokenSealed, tokenKeyId } = trigger;
  const token = await rawDb().$transaction((tx) => openToken(tx, { id, workspaceId, tokenKeyId, tokenSealed: tokenSealed === null ? null : Buffer.from(tokenSealed, "base64") }));
  return token === null ? null : { config: TRIGGER_KINDS[kind].config.parse(trigger.config), address: addressOf(kind, token) };
}

async function fail(held: HeldSubscription, cause: unknown): Promise<void> {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (held.trigger === null && held.attempts + 1 >= GIVE_UP_AFTER) {
    await noteAbandoned(held, message);
    return dropSubscription(owner, held);
  }
  const doubled = Math.min(RETRY_FIRST_SECONDS * 2 ** held.attempts, RETRY_MAX_SECONDS);
  const dueInSeconds = cause instanceof TryLater ? Math.max(cause.seconds, doubled) : doubled;
  const error = { code: "subscription_failed", message };
  await say(held, { state: "failing", message, retryInMs: dueInSeconds * 1_000 }, error);
  await settleSubscription(owner, held, { dueInSeconds, error });
}

const SAY = healthStatement({
  where: "id = $1",
  set: "health = $2::json, error = CASE WHEN $3::json IS NOT NULL THEN $3::json WHEN t.error ->> 'code' = 'subscription_failed' THEN NULL ELSE t.error END",
});

/** Shown with the trigger, while there is one. */
async function say({ id, workspaceId, trigger }: HeldSubscription, health: Record<string, unknown>, error: { code: string; message: string } | null): Promise<void> {
  if (trigger === null) return;
  await sharedPool().query(SAY, [id, storableJson({ ...health, at: new Date().toISOString() }), error === null ? null : storableJson(error)]);
  tellTriggerChanged(workspaceId, id);
}

async function noteAbandoned({ id, workspaceId, name, kind }: HeldSubscription, message: string): Promise<void> {
  const { organizationId } = await rawDb().workspace.findUniqueOrThrow({ where: { id: workspaceId }, select: { organizationId: true } });
  await recordAuditWith(sharedPool(), { organizationId, workspaceId, actor: { type: "system", id: null, name: "Millrace" } }, { id: v5(`abandoned ${id}`, NAMESPACE), action: "trigger.subscription_abandoned", resource: { type: "trigger", id, name }, after: { kind, message } });
}

/** The provider has shown that it reaches us. */
export async function noteSubscriptionPing({ id, workspaceId }: { id: string; workspaceId: string }): Promise<void> {
  await sharedPool().query("UPDATE trigger SET health = (coalesce(health::jsonb, '{}') || jsonb_build_object('pingedAt', $2::text))::json WHERE id = $1", [id, new Date().toISOString()]);
  tellTriggerChanged(workspaceId, id);
}

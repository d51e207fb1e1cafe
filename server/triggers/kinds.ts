import type { TriggerKindSpec } from "@/server/triggers/kind";
import { amqp } from "@/server/triggers/kinds/amqp/spec";
import { email } from "@/server/triggers/kinds/email/spec";
import { event } from "@/server/triggers/kinds/event/spec";
import { github } from "@/server/triggers/kinds/github/spec";
import { kafka } from "@/server/triggers/kinds/kafka/spec";
import { mqtt } from "@/server/triggers/kinds/mqtt/spec";
import { nats } from "@/server/triggers/kinds/nats/spec";
import { poll } from "@/server/triggers/kinds/poll/spec";
import { postgres } from "@/server/triggers/kinds/postgres/spec";
import { postgresChanges } from "@/server/triggers/kinds/postgresChanges/spec";
import { pubsub } from "@/server/triggers/kinds/pubsub/spec";
import { pubsubPush } from "@/server/triggers/kinds/pubsubPush/spec";
import { redis } from "@/server/triggers/kinds/redis/spec";
import { route } from "@/server/triggers/kinds/route/spec";
import { schedule } from "@/server/triggers/kinds/schedule/spec";
import { sqs } from "@/server/triggers/kinds/sqs/spec";
import { webhook } from "@/server/triggers/kinds/webhook/spec";
import { websocket } from "@/server/triggers/kinds/websocket/spec";

/** Every trigger kind. A new kind is a folder, a name and a line here, and a line in `sources.ts`. */
export const TRIGGER_KIND_NAMES = ["webhook", "github", "route", "schedule", "poll", "event", "mqtt", "redis", "amqp", "nats", "kafka", "sqs", "pubsub", "pubsubPush", "websocket", "postgres", "postgresChanges", "email"] as const;
export type TriggerKind = (typeof TRIGGER_KIND_NAMES)[number];

export const TRIGGER_KINDS = { webhook, github, route, schedule, poll, event, mqtt, redis, amqp, nats, kafka, sqs, pubsub, pubsubPush, websocket, postgres, postgresChanges, email } as const satisfies Record<TriggerKind, TriggerKindSpec>;

export function isTriggerKind(kind: string): kind is TriggerKind {
  return Object.hasOwn(TRIGGER_KINDS, kind);
}

export function triggerKind(kind: string): TriggerKindSpec | null {
  return isTriggerKind(kind) ? TRIGGER_KINDS[kind] : null;
}

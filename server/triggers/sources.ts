import type { TriggerKind } from "@/server/triggers/kinds";
import { amqpListener } from "@/server/triggers/kinds/amqp/listener";
import { emailServer } from "@/server/triggers/kinds/email/server";
import { githubHooks } from "@/server/triggers/kinds/github/hooks";
import { kafkaListener } from "@/server/triggers/kinds/kafka/listener";
import { mqttListener } from "@/server/triggers/kinds/mqtt/listener";
import { natsListener } from "@/server/triggers/kinds/nats/listener";
import { postgresListener } from "@/server/triggers/kinds/postgres/listener";
import { postgresChangesListener } from "@/server/triggers/kinds/postgresChanges/listener";
import { pubsubListener } from "@/server/triggers/kinds/pubsub/listener";
import { redisListener } from "@/server/triggers/kinds/redis/listener";
import { sqsListener } from "@/server/triggers/kinds/sqs/listener";
import { websocketListener } from "@/server/triggers/kinds/websocket/listener";
import type { TriggerSource } from "@/server/triggers/source";

/** How the events of each kind come in. */
export const SOURCES = {
  webhook: { type: "request" },
  github: { type: "request", subscription: githubHooks },
  route: { type: "request" },
  schedule: { type: "clock" },
  poll: { type: "clock" },
  event: { type: "platform" },
  mqtt: mqttListener,
  redis: redisListener,
  amqp: amqpListener,
  nats: natsListener,
  kafka: kafkaListener,
  sqs: sqsListener,
  pubsub: pubsubListener,
  pubsubPush: { type: "request" },
  websocket: websocketListener,
  postgres: postgresListener,
  postgresChanges: postgresChangesListener,
  email: emailServer,
} as const satisfies Record<TriggerKind, TriggerSource>;

export function sourceOf(kind: TriggerKind): TriggerSource {
  return SOURCES[kind];
}

export function kindsOfType(type: TriggerSource["type"]): TriggerKind[] {
  return (Object.keys(SOURCES) as TriggerKind[]).filter((kind) => sourceOf(kind).type === type);
}

import type { TriggerKind } from "@/server/triggers/kinds";
import { emailServer } from "@/server/triggers/kinds/email/server";
import { githubHooks } from "@/server/triggers/kinds/github/hooks";
import { placeOfDatabase } from "@/server/triggers/kinds/postgresChanges/spec";
import type { Listener, TriggerSource } from "@/server/triggers/source";

/** With the first trigger of the kind: its library is no burden to a process that has none. */
function lazily(load: () => Promise<Listener>): Listener {
  return { type: "listener", listen: async (trigger, ports) => (await load()).listen(trigger, ports) };
}

const postgresChanges = () => import("@/server/triggers/kinds/postgresChanges/listener");

/** How the events of each kind come in. */
export const SOURCES = {
  webhook: { type: "request" },
  github: { type: "request", subscription: githubHooks },
  route: { type: "request" },
  schedule: { type: "clock" },
  poll: { type: "clock" },
  event: { type: "platform" },
  mqtt: lazily(() => import("@/server/triggers/kinds/mqtt/listener").then((loaded) => loaded.mqttListener)),
  redis: lazily(() => import("@/server/triggers/kinds/redis/listener").then((loaded) => loaded.redisListener)),
  amqp: lazily(() => import("@/server/triggers/kinds/amqp/listener").then((loaded) => loaded.amqpListener)),
  nats: lazily(() => import("@/server/triggers/kinds/nats/listener").then((loaded) => loaded.natsListener)),
  kafka: lazily(() => import("@/server/triggers/kinds/kafka/listener").then((loaded) => loaded.kafkaListener)),
  sqs: lazily(() => import("@/server/triggers/kinds/sqs/listener").then((loaded) => loaded.sqsListener)),
  pubsub: lazily(() => import("@/server/triggers/kinds/pubsub/listener").then((loaded) => loaded.pubsubListener)),
  pubsubPush: { type: "request" },
  websocket: lazily(() => import("@/server/triggers/kinds/websocket/listener").then((loaded) => loaded.websocketListener)),
  postgres: lazily(() => import("@/server/triggers/kinds/postgres/listener").then((loaded) => loaded.postgresListener)),
  postgresChanges: {
    ...lazily(() => postgresChanges().then((loaded) => loaded.postgresChangesListener)),
    cleanUp: async (...given) => (await postgresChanges()).postgresChangesListener.cleanUp(...given),
    lookAtKept: async (...given) => (await postgresChanges()).postgresChangesListener.lookAtKept(...given),
    placeOf: placeOfDatabase,
    isSamePlace: async (...given) => (await postgresChanges()).postgresChangesListener.isSamePlace(...given),
  },
  email: emailServer,
} as const satisfies Record<TriggerKind, TriggerSource>;

/** Kinds that make something at another server which has to be taken away again. */
export const MAKING_KINDS = (Object.keys(SOURCES) as TriggerKind[]).filter((kind) => sourceOf(kind).cleanUp !== undefined);

/** Of those, the ones that say how much it is. */
export const KEEPING_KINDS = MAKING_KINDS.filter((kind) => sourceOf(kind).lookAtKept !== undefined);

export function sourceOf(kind: TriggerKind): TriggerSource {
  return SOURCES[kind];
}

export function kindsOfType(type: TriggerSource["type"]): TriggerKind[] {
  return (Object.keys(SOURCES) as TriggerKind[]).filter((kind) => sourceOf(kind).type === type);
}

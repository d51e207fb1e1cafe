import { createHash, randomUUID } from "node:crypto";
import { MqttClient, type IPublishPacket } from "mqtt";
import { bodyOf, openSocket, secretOf, untilAborted } from "@/server/triggers/outbound";
import type { Listener, ListenerPorts, ListeningTrigger } from "@/server/triggers/source";
import type { MqttConfig } from "./spec";

/** A message that comes again after a lost acknowledgement has the same packet id; the broker uses ids again only much later. */
const SAME_PACKET_SECONDS = 60;
const SESSION_SECONDS = 604_800;

export const mqttListener: Listener = {
  type: "listener",
  async listen(trigger, ports) {
    const { config } = trigger as ListeningTrigger<MqttConfig>;
    const password = await secretOf(ports, config.secret);
    const clientId = config.clientId ?? `millrace-${trigger.id}`;
    const isFive = config.protocolVersion === "5";
    const client = new MqttClient(() => openSocket(config), {
      clientId,
      username: config.username,
      password,
      protocolVersion: isFive ? 5 : 4,
      clean: config.qos === "0",
      ...(isFive ? { properties: { sessionExpiryInterval: config.qos === "0" ? 0 : SESSION_SECONDS } } : {}),
      reconnectPeriod: 0,
      resubscribe: false,
    });
    // The acknowledgement goes out when this calls back without an error.
    client.handleMessage = (packet, done) => {
      void record(ports, clientId, packet).then(() => done(), (error: unknown) => fail(error as Error));
    };
    let fail: (error: Error) => void = () => {};
    try {
      await new Promise<void>((resolve, reject) => {
        fail = reject;
        client.on("error", reject);
        client.on("close", () => reject(new Error("the broker closed the connection")));
        client.on("connect", () => {
          client.subscribe(config.topics, { qos: Number(config.qos) as 0 | 1 | 2 }, (error) => (error === null ? ports.report("listening") : reject(error)));
        });
        void untilAborted(ports.signal).then(resolve);
      });
    } finally {
      client.removeAllListeners();
      client.on("error", () => {});
      await new Promise((resolve) => client.end(true, {}, resolve));
    }
  },
};

async function record(ports: ListenerPorts, clientId: string, packet: IPublishPacket): Promise<void> {
  const { topic, payload, qos, retain, messageId, properties } = packet;
  const data = typeof payload === "string" ? Buffer.from(payload) : payload;
  const key = qos === 0 ? randomUUID() : `${clientId}/${messageId ?? 0}/${createHash("sha256").update(topic).update("\0").update(data).digest("base64url")}`;
  await ports.record({
    dedupeKey: key,
    dedupeWindowSeconds: SAME_PACKET_SECONDS,
    headers: headersOf(properties?.userProperties),
    ...bodyOf(data, properties?.contentType),
    meta: { topic, qos, retain },
  });
}

function headersOf(properties: Record<string, string | string[]> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(properties ?? {}).map(([name, value]) => [name, String(value)]));
}

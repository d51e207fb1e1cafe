import { createHash, randomUUID } from "node:crypto";
import { type IPublishPacket, MqttClient, Store } from "mqtt";
import { bodyOf, identityOf, openSocket, secretOf, untilAborted } from "@/server/triggers/outbound";
import type { Listener, ListenerPorts, ListeningTrigger } from "@/server/triggers/source";
import { Acknowledged } from "./acknowledged";
import type { MqttConfig } from "./spec";

const SESSION_SECONDS = 604_800;
const KEEPALIVE_SECONDS = 30;

export const mqttListener: Listener = {
  type: "listener",
  async listen(trigger, ports) {
    const { config } = trigger as ListeningTrigger<MqttConfig>;
    const password = await secretOf(ports, config.secret);
    const identity = await identityOf(config, ports);
    const clientId = config.clientId ?? `millrace-${trigger.id}`;
    const isFive = config.protocolVersion === "5";
    const acknowledged = new Acknowledged(trigger.checkpoint);
    let fail: (error: Error) => void = () => {};
    const take = (packet: IPublishPacket, done: () => void) => void acknowledged.during(() => record(ports, clientId, packet, acknowledged)).then(done, (error: unknown) => fail(error as Error));
    const client = new MqttClient(() => openSocket({ ...config, identity }), {
      clientId,
      username: config.username,
      password,
      protocolVersion: isFive ? 5 : 4,
      clean: config.qos === "0",
      ...(isFive ? { properties: { sessionExpiryInterval: config.qos === "0" ? 0 : SESSION_SECONDS } } : {}),
      reconnectPeriod: 0,
      resubscribe: false,
      keepalive: KEEPALIVE_SECONDS,
      // Each answer to a ping says that the broker has our acknowledgements up to it.
      reschedulePings: false,
      incomingStore: new RecordingStore(take),
    });
    // The acknowledgement goes out when this calls back without an error. What comes with QoS 2 was recorded before its PUBREC.
    client.handleMessage = (packet, done) => (packet.qos === 2 ? done() : take(packet, done));
    client.on("packetsend", (packet) => packet.cmd === "pingreq" && acknowledged.ask());
    client.on("packetreceive", (packet) => {
      const upTo = packet.cmd === "pingresp" ? acknowledged.confirm() : null;
      if (upTo !== null) ports.checkpoint(upTo).catch(fail);
    });
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

/**
 * Where the client keeps a message of QoS 2 between PUBLISH and PUBREL. It answers PUBREC once this has taken the message, and the
 * broker never sends it again after that: so it is recorded here.
 */
export class RecordingStore extends Store {
  constructor(private readonly take: (packet: IPublishPacket, done: () => void) => void) {
    super();
  }

  override put(...[packet, done]: Parameters<Store["put"]>): this {
    this.take(packet as IPublishPacket, () => super.put(packet, done));
    return this;
  }
}

async function record(ports: ListenerPorts, clientId: string, packet: IPublishPacket, acknowledged: Acknowledged): Promise<void> {
  const { topic, payload, qos, retain, messageId, dup, properties } = packet;
  const data = typeof payload === "string" ? Buffer.from(payload) : payload;
  const key = qos === 0 ? randomUUID() : `${clientId}/${messageId ?? 0}/${createHash("sha256").update(topic).update("\0").update(data).digest("base64url")}`;
  await ports.record({
    dedupeKey: key,
    // A broker may use an id again at once: only what it marks as sent before can be a message that is here already.
    dedupeWindowSeconds: dup ? acknowledged.openSeconds(SESSION_SECONDS) : 0,
    headers: headersOf(properties?.userProperties),
    ...bodyOf(data, properties?.contentType),
    meta: { topic, qos, retain },
  });
}

function headersOf(properties: Record<string, string | string[]> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(properties ?? {}).map(([name, value]) => [name, String(value)]));
}

import { z } from "zod";
import { choice, requiredText, text } from "@/server/nodes/fields";
import type { EventValue, TriggerKindSpec } from "@/server/triggers/kind";
import { checkTls, remoteFields } from "@/server/triggers/remote-fields";

export const mqttConfig = z.strictObject({
  ...remoteFields(1_883),
  protocolVersion: z.enum(["3.1.1", "5"]).default("5"),
  topics: z.array(requiredText(1_000)).min(1).max(100).describe("Topic filters; + and # are wildcards."),
  qos: choice({ "0": "0: at most once", "1": "1: at least once", "2": "2: exactly once" }).default("1").describe("With 1 and 2 the broker keeps messages while nobody listens."),
  clientId: text(200).optional().describe("The broker knows the session by it. Default: made from the trigger's id."),
});
export type MqttConfig = z.output<typeof mqttConfig>;

export const mqtt = {
  kind: "mqtt",
  title: "MQTT",
  summary: "Starts a run for each message of topics at an MQTT broker.",
  icon: "radio-tower",
  config: mqttConfig,
  inputOf: (event: EventValue) => event.body ?? {},
  check: checkTls,
} as const satisfies TriggerKindSpec;

import { z } from "zod";
import { choice, requiredText, text } from "@/server/nodes/fields";
import { secretName, type EventValue, type TriggerKindSpec } from "@/server/triggers/kind";
import { checkTls, TLS_FIELDS } from "@/server/triggers/remote-fields";

export const kafkaConfig = z.strictObject({
  brokers: z.array(z.string().regex(/^.+:\d{1,5}$/, "must be host:port").max(300)).min(1).max(50).describe("Addresses to begin with, as host:port."),
  ...TLS_FIELDS,
  mechanism: choice({ none: "None", plain: "PLAIN", "scram-sha-256": "SCRAM-SHA-256", "scram-sha-512": "SCRAM-SHA-512", oauthbearer: "OAUTHBEARER", "aws-msk-iam": "AWS MSK IAM", aws: "AWS" }).default("none").describe("How to sign in: with user and password; with a token that a server gives for them (oauthbearer); with the access key of an AWS identity at Amazon MSK (aws-msk-iam); or with one at other brokers that have an extension for it (aws)."),
  username: text(200).optional().describe("With oauthbearer the client's id, with AWS the access key's."),
  secret: secretName().optional().describe("Secret that holds the password, the client's secret or the secret access key."),
  tokenUrl: z.url({ protocol: /^https?$/, error: "must begin with https:// or http://" }).max(2_000).optional().describe("Where oauthbearer asks for tokens (client credentials of OAuth 2)."),
  scope: text(1_000).optional().describe("What such a token is to be for."),
  region: requiredText(50).optional().describe("With aws-msk-iam: the region of AWS. Default: the one that the brokers' names say."),
  authorizationIdentity: text(300).optional().describe("With aws: the unique id of the identity (UserId)."),
  topics: z.array(requiredText(249)).min(1).max(100),
  group: text(200).optional().describe("Consumer group. Default: made from the trigger's id."),
  from: choice({ new: "What is new", beginning: "The beginning" }).default("new").describe("Where a group begins that has read nothing yet."),
});
export type KafkaConfig = z.output<typeof kafkaConfig>;

/** As brokers of Amazon MSK are named. */
export function mskRegionOf({ region, brokers }: { region?: unknown; brokers?: unknown }): string | null {
  if (typeof region === "string") return region;
  const names = Array.isArray(brokers) ? brokers.map(String) : [];
  return names.map((name) => /\.kafka(?:-serverless)?\.([a-z0-9-]+)\.amazonaws\./.exec(name)?.[1] ?? null).find((found) => found !== null) ?? null;
}

function check(config: Record<string, unknown>): { path: string; message: string }[] {
  const { mechanism } = config;
  const needed = mechanism === undefined || mechanism === "none" ? [] : ["username", "secret", ...(mechanism === "oauthbearer" ? ["tokenUrl"] : mechanism === "aws" ? ["authorizationIdentity"] : [])];
  if (mechanism === "aws-msk-iam" && mskRegionOf(config) === null) needed.push("region");
  const open = mechanism === "aws-msk-iam" && config.tls !== true ? [{ path: "/tls", message: "has to be on: Amazon MSK asks for IAM on encrypted connections alone" }] : [];
  return [...checkTls(config), ...open, ...needed.filter((field) => config[field] === undefined).map((field) => ({ path: `/${field}`, message: "is required to sign in" }))];
}

export const kafka = {
  kind: "kafka",
  title: "Kafka",
  summary: "Starts a run for each message of Kafka topics, as a consumer group.",
  icon: "waves",
  config: kafkaConfig,
  inputOf: (event: EventValue) => event.body ?? {},
  check,
} as const satisfies TriggerKindSpec;

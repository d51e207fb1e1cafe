import { z } from "zod";
import { choice, requiredText, text } from "@/server/nodes/fields";
import { type EventValue, secretName, type TriggerKindSpec } from "@/server/triggers/kind";

export const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

export const headerName = () => z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, "must be a header name");
const tolerance = z.int().min(1).max(86_400).default(300).describe("Older and newer time stamps are refused, in seconds.");

/** Each names the secret that holds the key; without it nothing is let in. All are verified by what the request holds. */
export const AUTH_BY_REQUEST = {
  none: z.strictObject({ type: z.literal("none") }).meta({ title: "None" }),
  basic: z.strictObject({ type: z.literal("basic"), username: requiredText(200), secret: secretName().describe("Secret that holds the password.") }).meta({ title: "User name and password" }),
  bearer: z.strictObject({ type: z.literal("bearer"), secret: secretName() }).meta({ title: "Bearer token" }),
  apiKey: z.strictObject({ type: z.literal("apiKey"), header: headerName().default("x-api-key"), secret: secretName() }).meta({ title: "API key in a header" }),
  standardWebhooks: z.strictObject({ type: z.literal("standardWebhooks"), secret: secretName(), toleranceSeconds: tolerance }).meta({ title: "Signature of Standard Webhooks" }),
  github: z.strictObject({ type: z.literal("github"), secret: secretName() }).meta({ title: "Signature of GitHub" }),
  stripe: z.strictObject({ type: z.literal("stripe"), secret: secretName(), toleranceSeconds: tolerance }).meta({ title: "Signature of Stripe" }),
  slack: z.strictObject({ type: z.literal("slack"), secret: secretName(), toleranceSeconds: tolerance }).meta({ title: "Signature of Slack" }),
  shopify: z.strictObject({ type: z.literal("shopify"), secret: secretName() }).meta({ title: "Signature of Shopify" }),
  hmac: z.strictObject({
    type: z.literal("hmac"),
    secret: secretName(),
    header: headerName().default("x-signature"),
    algorithm: choice({ sha256: "SHA-256", sha1: "SHA-1", sha512: "SHA-512" }).default("sha256"),
    encoding: choice({ hex: "Hexadecimal", base64: "Base64", base64url: "Base64 for URLs" }).default("hex"),
    prefix: text(50).default("").describe("Before the signature, such as `sha256=`."),
    timestampHeader: headerName().optional().describe("Header with seconds since 1970; it is signed as `<time>.<body>`."),
    toleranceSeconds: tolerance,
  }).meta({ title: "HMAC signature of your own" }),
} as const;

const { none, basic, bearer, apiKey, standardWebhooks, github, stripe, slack, shopify, hmac } = AUTH_BY_REQUEST;
export const webhookAuthSchema = z.discriminatedUnion("type", [none, basic, bearer, apiKey, standardWebhooks, github, stripe, slack, shopify, hmac]);
export type WebhookAuth = z.output<typeof webhookAuthSchema>;

export const dedupeSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("none") }).meta({ title: "Never" }),
  z.strictObject({ type: z.literal("header"), header: headerName(), windowSeconds: z.int().min(1).max(31_536_000).default(86_400) }).meta({ title: "By a header" }),
  z.strictObject({ type: z.literal("jsonPath"), path: requiredText(1_000), windowSeconds: z.int().min(1).max(31_536_000).default(86_400) }).meta({ title: "By a value of the body" }),
  z.strictObject({ type: z.literal("body"), windowSeconds: z.int().min(1).max(31_536_000).default(86_400) }).meta({ title: "By the whole body" }),
]);
export type DedupeRule = z.output<typeof dedupeSchema>;

export const answerSchema = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("accept") }).meta({ title: "At once" }).describe("202 with the run's id, at once."),
  z.strictObject({ mode: z.literal("wait"), timeoutSeconds: z.int().min(1).max(300).default(30) }).meta({ title: "When the run has ended" }).describe("The run's output, or what a respond step says."),
  z.strictObject({ mode: z.literal("stream"), timeoutSeconds: z.int().min(1).max(3_600).default(300) }).meta({ title: "While it runs, as events" }).describe("Server-sent events: steps, live text, and the output at the end."),
]);
export type AnswerRule = z.output<typeof answerSchema>;

/** What both kinds that answer HTTP requests share. */
export const requestFields = {
  dedupe: dedupeSchema.default({ type: "none" }).describe("When two requests are the same event."),
  answer: answerSchema.default({ mode: "accept" }),
  maxBodyKb: z.int().min(1).max(102_400).default(1_024).describe("Larger requests are answered 413."),
  ratePerMinute: z.int().min(1).max(1_000_000).optional().describe("More requests are answered 429."),
  allowIps: z.array(requiredText(100)).max(200).optional().describe("Addresses or CIDR ranges that may call; nobody else."),
} as const;

export const webhookConfig = z.strictObject({
  methods: z.array(z.enum(METHODS)).min(1).default(["POST"]),
  auth: webhookAuthSchema.default({ type: "none" }).describe("How a request proves where it comes from."),
  ...requestFields,
  metaVerifySecret: secretName().optional().describe("Secret with the verify token of Meta's handshake (hub.challenge), which comes as GET."),
});
export type WebhookConfig = z.output<typeof webhookConfig>;

/** The body; without one, what the address says. */
export function bodyOrQuery(event: EventValue): unknown {
  return event.body ?? event.query ?? {};
}

export const webhook = {
  kind: "webhook",
  title: "Webhook",
  summary: "Starts a run for each request to a secret address, verified by signature, password or key.",
  icon: "webhook",
  config: webhookConfig,
  hasToken: true,
  inputOf: bodyOrQuery,
} as const satisfies TriggerKindSpec;

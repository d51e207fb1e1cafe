import { z } from "zod";
import type { KindSpec } from "@/server/nodes/kind";
import { choice, deferredTemplate, longText, requiredText, secretText, text, value } from "@/server/nodes/fields";
import { ONLY_OUT } from "@/server/nodes/outputs";

const fields = z.record(z.string(), text(1_000_000));

const body = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("none") }).meta({ title: "None" }),
  z.strictObject({ type: z.literal("json"), value: value() }).meta({ title: "JSON" }),
  z.strictObject({ type: z.literal("form"), fields }).meta({ title: "Form fields" }),
  z.strictObject({ type: z.literal("text"), text: longText(10_000_000), contentType: text(200).default("text/plain; charset=utf-8") }).meta({ title: "Text" }),
  z.strictObject({ type: z.literal("multipart"), fields: fields.default({}), files: z.record(z.string(), value()).default({}) }).meta({ title: "Fields and files" }),
]);

const auth = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("none") }).meta({ title: "None" }),
  z.strictObject({ type: z.literal("bearer"), token: secretText() }).meta({ title: "Bearer token" }),
  z.strictObject({ type: z.literal("basic"), username: secretText(), password: secretText() }).meta({ title: "User name and password" }),
  z.strictObject({ type: z.literal("header"), name: requiredText(200), value: secretText() }).meta({ title: "Header" }),
  z.strictObject({ type: z.literal("run"), permissions: z.array(requiredText(300)).min(1).max(50).describe("What the step needs, such as `run:read` or `workflow:write:Sales`. It gets what of it the run may.") }).meta({ title: "This run's own token" }),
  z.strictObject({ type: z.literal("query"), name: requiredText(200), value: secretText() }).meta({ title: "Query parameter" }),
]);

const STATUS = /^[1-5](\d\d|xx)$/;

const pagination = z.strictObject({
  next: deferredTemplate().describe("After each page: the next URL, or an object `{ url?, query?, headers?, body? }` put over the request; null ends. Reads `response` and `page` (from 1)."),
  until: deferredTemplate().optional().describe("Condition that ends the reading after a page. Reads `response` and `page`."),
  items: deferredTemplate().optional().describe("List to take from each page; without it each page's body is one item. Reads `response` and `page`."),
  maxPages: z.int().min(1).max(10_000).default(100).describe("Cap of pages; their items may have 100 MiB together."),
  onCap: choice({ fail: "Fail", stop: "Stop there" }).default("fail").describe("What happens at a cap; `stop` answers what came before, with `complete: false`."),
});

export const config = z.strictObject({
  method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]).default("GET"),
  url: requiredText(20_000).describe("http or https address."),
  query: z.record(z.string(), value()).default({}).describe("Added to the address; lists repeat the name, null leaves it out."),
  headers: z.record(z.string(), secretText()).default({}),
  body: body.default({ type: "none" }),
  auth: auth.default({ type: "none" }).describe("Credentials; write them as `{{ secrets.NAME }}`. The run's own token is for `{{ workspace.baseUrl }}/api/v1` alone."),
  parse: choice({ auto: "By content type", json: "JSON", text: "Text", bytes: "File" }).default("auto").describe("`auto` goes by the content type; `bytes` answers a file."),
  expectedStatus: z.array(z.string().regex(STATUS, 'must be a status such as "200" or "4xx"')).min(1).max(50).default(["2xx"]).describe("Any other status fails the step."),
  pagination: pagination.optional().describe("Reads page after page; the output is `{ items, pages, complete }`."),
  idempotencyHeader: z.string().regex(/^[A-Za-z0-9-]{1,100}$/, "must be a header name").optional().describe("Header that carries the step's idempotency key, such as Idempotency-Key."),
  maxRedirects: z.int().min(0).max(20).default(5),
  maxResponseMb: z.number().positive().max(100).default(10).describe("A larger answer fails the step; counted after decompression."),
  timeoutSeconds: z.number().min(0.05).max(3_600).default(30).describe("Of each request, redirects and body included."),
});
export type HttpConfig = z.output<typeof config>;

const PAGE_VARIABLES = ["response", "page"] as const;

export const http = {
  kind: "http",
  version: 1,
  role: "task",
  title: "HTTP request",
  summary: "Calls an HTTP API: query, headers, body, credentials from secrets, pagination. The output is `{ status, headers, body, url }`.",
  group: "Network",
  icon: "globe",
  config,
  ports: ONLY_OUT,
  secretFields: ["/headers/*", "/auth/*"],
  deferredFields: { "/pagination/next": PAGE_VARIABLES, "/pagination/until": PAGE_VARIABLES, "/pagination/items": PAGE_VARIABLES },
} as const satisfies KindSpec<HttpConfig>;

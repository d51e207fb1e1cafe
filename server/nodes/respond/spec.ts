import { z } from "zod";
import type { KindSpec } from "@/server/nodes/kind";
import { text, value } from "@/server/nodes/fields";
import { ONLY_OUT } from "@/server/nodes/outputs";
import { isAnswerHeader } from "@/server/nodes/answer-headers";

export const config = z.strictObject({
  status: z.int().min(200).max(599).default(200),
  headers: z
    .record(z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, "must be a header name"), text(8_000))
    .superRefine((headers, { addIssue }) => {
      for (const name of Object.keys(headers)) if (!isAnswerHeader(name)) addIssue({ code: "custom", path: [name], message: "is a header that acts on more than this answer: answers set those of content, caching and access from other origins, and names that begin with x-" });
    })
    .default({})
    .describe("Those of content, caching, location and access from other origins (docs/triggers.md), and names that begin with `x-`."),
  body: value().optional().describe("A text is sent as it is, anything else as JSON."),
});
export type RespondConfig = z.output<typeof config>;

export const respond = {
  kind: "respond",
  version: 1,
  role: "task",
  title: "Respond",
  summary: "Answers the request that started the run, when its trigger waits for an answer. The run goes on; the first answer counts.",
  group: "Network",
  icon: "reply",
  config,
  ports: ONLY_OUT,
} as const satisfies KindSpec<RespondConfig>;

import { z } from "zod";
import { compileTemplate } from "@/server/expressions/compile";
import { choice, requiredText, text } from "@/server/nodes/fields";
import type { EventValue, TriggerKindSpec } from "@/server/triggers/kind";

export const pollConfig = z.strictObject({
  workflow: requiredText(200).describe("Published workflow that looks for items. Its input is { cursor }, null at first; its output { items, cursor, more }."),
  intervalSeconds: z.int().min(5).max(2_592_000).default(300).describe("From the end of one look to the next."),
  itemKey: text(2_000).default("{{ item.id }}").describe("What makes an item one that was seen before. Empty: all of its content."),
  start: choice({ item: "One run for each item", batch: "One run for all of a look" }).default("item").describe("One run for each new item, or for all new items of a look together, as { items }."),
  batchLimit: z.int().min(1).max(10_000).default(1_000).describe("Items of one run at most; more become further runs."),
  firstPoll: choice({ new: "Only remember it", all: "Start runs for it" }).default("new").describe("What is there already at the first look: only remember it, or start runs for it."),
  forgetAfterDays: z.int().min(1).max(3_650).default(90).describe("An item that was not there for so long is new when it comes back."),
});
export type PollConfig = z.output<typeof pollConfig>;

const READABLE = ["item", "index"];

/** Why the key cannot be evaluated; null: it can. */
export function keyProblem(itemKey: string): string | null {
  const compiled = compileTemplate(itemKey);
  if (!compiled.ok) return compiled.problems[0]?.message ?? "is no template";
  const { roots, unknownNames } = compiled.template.references;
  const unreadable = [...roots.filter((root) => !READABLE.includes(root)), ...unknownNames.map(({ name }) => name)][0];
  return unreadable === undefined ? null : `${unreadable} cannot be read here: a key sees item and index`;
}

export const poll = {
  kind: "poll",
  title: "Polling",
  summary: "Lets a workflow look for items every so often, and starts runs for those that were not there before.",
  icon: "radar",
  config: pollConfig,
  inputOf: ({ body }: EventValue) => (typeof body === "object" && body !== null && !Array.isArray(body) ? body : { item: body }),
  check: (config) => {
    const parsed = pollConfig.safeParse(config);
    const problem = parsed.success && parsed.data.itemKey !== "" ? keyProblem(parsed.data.itemKey) : null;
    return problem === null ? [] : [{ path: "/itemKey", message: problem }];
  },
} as const satisfies TriggerKindSpec;

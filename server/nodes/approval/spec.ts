import { z } from "zod";
import type { KindSpec } from "@/server/nodes/kind";
import { jsonSchema, longText, requiredText, SECONDS_OF_A_YEAR } from "@/server/nodes/fields";

const seconds = () => z.number().positive().max(SECONDS_OF_A_YEAR).optional();

export const config = z.strictObject({
  title: requiredText(300),
  message: longText(20_000).default("").describe("What the people who answer need to know."),
  form: jsonSchema().optional().describe("What the answer fills in, as JSON Schema."),
  approvers: z.array(requiredText(320)).max(100).default([]).describe("E-mail addresses or roles, custom ones by name; empty: everybody who may answer at the workflow."),
  requiredAnswers: z.int().min(1).max(100).default(1).describe("Approvals needed; one rejection decides at once."),
  excludesStarter: z.boolean().default(false).describe("Four eyes: whoever started the run does not answer."),
  remindAfterSeconds: seconds().describe("A reminder is sent when nobody decided by then."),
  expiresAfterSeconds: seconds().describe("Then the step goes on through port `expired`."),
});
export type ApprovalConfig = z.output<typeof config>;

function check(unchecked: Record<string, unknown>): { path: string; message: string }[] {
  const { remindAfterSeconds: remind, expiresAfterSeconds: expire, approvers, requiredAnswers } = unchecked;
  const problems: { path: string; message: string }[] = [];
  if (typeof remind === "number" && typeof expire === "number" && remind >= expire) {
    problems.push({ path: "/remindAfterSeconds", message: "must be less than expiresAfterSeconds" });
  }
  const areAddresses = Array.isArray(approvers) && approvers.length > 0 && approvers.every((entry) => typeof entry === "string" && entry.includes("@") && !entry.includes("{{"));
  if (areAddresses && typeof requiredAnswers === "number" && requiredAnswers > approvers.length) {
    problems.push({ path: "/requiredAnswers", message: `only ${approvers.length} people may answer` });
  }
  return problems;
}

export const approval = {
  kind: "approval",
  version: 1,
  role: "task",
  title: "Approval",
  summary: "Asks people and waits for their answer, by page or signed link. The output is `{ decision, values, answers }`.",
  group: "People",
  icon: "user-check",
  config,
  ports: () => ["approved", "rejected", "expired"],
  rawFields: ["form"],
  schemaFields: ["form"],
  check,
} as const satisfies KindSpec<ApprovalConfig>;

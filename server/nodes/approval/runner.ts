import type { NodeRunner } from "@/server/nodes/runner";
import { failed, succeeded } from "@/server/nodes/results";
import { approvalPayloadSchema, tallyAnswers, type ApprovalDetail } from "@/server/nodes/wait-details";
import type { ApprovalConfig } from "./spec";

const after = (now: number, seconds: number | undefined) => (seconds === undefined ? undefined : now + Math.ceil(seconds * 1_000));

function detailOf(config: ApprovalConfig): ApprovalDetail {
  const { title, message, form, approvers, requiredAnswers, excludesStarter } = config;
  return { title, message, form: form ?? null, approvers, requiredAnswers, excludesStarter };
}

/** The module that takes answers counts them; the wait ends with all of them at once. */
export const approvalRunner: NodeRunner<ApprovalConfig> = {
  effect: "deterministic",
  run({ config, now }) {
    const until = after(now, config.expiresAfterSeconds);
    const remindAt = after(now, config.remindAfterSeconds);
    return {
      type: "waiting",
      wait: { kind: "approval", detail: detailOf(config), ...(until === undefined ? {} : { until }), ...(remindAt === undefined ? {} : { remindAt }) },
    };
  },
  resume({ config, resume }) {
    if (resume === undefined || resume.resumption.cause === "elapsed") {
      return succeeded({ decision: "expired", values: null, answers: [] }, "expired");
    }
    const parsed = approvalPayloadSchema.safeParse(resume.payload);
    const answers = parsed.success ? parsed.data.answers : [];
    const decision = tallyAnswers(answers, config.requiredAnswers);
    if (decision === null) return failed("incomplete_answers", "the approval was closed before enough answers were there", { details: resume.payload });
    const deciding = answers.findLast((answer) => answer.decision === decision);
    return succeeded({ decision, values: deciding?.values ?? null, answers }, decision);
  },
};

import type { Condition, ConditionType } from "@/server/alerts/contract";

/** How conditions are called, in the order in which they are offered. */
export const CONDITION_LABELS: Readonly<Record<ConditionType, string>> = {
  runFailed: "A run failed",
  failuresInRow: "Runs failed several times in a row",
  recovered: "It works again",
  triggerError: "A trigger is in trouble",
  scheduleMissed: "A schedule missed a slot",
  approvalRequested: "An approval is asked for",
  approvalExpired: "An approval expired",
  queueAge: "A run waits long in the queue",
  workerLost: "A worker is lost",
  quotaUsed: "A quota is nearly or all used up",
};

export function conditionWords(condition: Condition): string {
  if (condition.type === "failuresInRow") return `${condition.count} failures in a row`;
  if (condition.type === "queueAge") return `A run waits longer than ${condition.seconds} s`;
  return CONDITION_LABELS[condition.type];
}

export function defaultCondition(type: ConditionType): Condition {
  if (type === "failuresInRow") return { type, count: 3 };
  if (type === "queueAge") return { type, seconds: 300 };
  return { type };
}

import type { ClientBase } from "pg";
import type { Condition, ConditionType } from "./contract";

export interface ActiveRule {
  id: string;
  name: string;
  conditions: Condition[];
  inApp: boolean;
}

/** What a rule remembers of a subject before a fact, and what it says to it. */
export interface RuleState {
  failures: number;
  isTold: boolean;
}

export interface RuleVerdict {
  tells: boolean;
  next: RuleState;
}

type Occurrence = "failed" | "succeeded" | "troubled" | "recovered";

/** Pure: what a rule tells of one more occurrence, and what it remembers. Failures count until a success; trouble is told of once. */
export function judge(conditions: readonly Condition[], occurrence: Occurrence, { failures, isTold }: RuleState): RuleVerdict {
  const has = (type: ConditionType) => conditions.some((condition) => condition.type === type);
  switch (occurrence) {
    case "failed": {
      const next = failures + 1;
      const isEnough = conditions.some((condition) => condition.type === "failuresInRow" && next === condition.count);
      const tells = has("runFailed") || isEnough;
      // A rule for recoveries alone counts any failure as trouble.
      const isTrouble = tells || isTold || (!has("failuresInRow") && has("recovered"));
      return { tells, next: { failures: next, isTold: isTrouble } };
    }
    case "troubled":
      return { tells: has("triggerError") && !isTold, next: { failures: 0, isTold: true } };
    case "succeeded":
    case "recovered":
      return { tells: isTold && has("recovered"), next: { failures: 0, isTold: false } };
  }
}

const READ = `SELECT failures, told_at IS NOT NULL AS "isTold" FROM notification_state WHERE rule_id = $1 AND subject = $2`;
const WRITE = `
INSERT INTO notification_state (rule_id, subject, workspace_id, failures, told_at) VALUES ($1, $2, $3, $4, CASE WHEN $5 THEN clock_timestamp() END)
ON CONFLICT (rule_id, subject) DO UPDATE SET failures = excluded.failures, told_at = CASE WHEN $5 THEN coalesce(notification_state.told_at, excluded.told_at) END`;
const FORGET = "DELETE FROM notification_state WHERE rule_id = $1 AND subject = $2";

/** Whoever holds the facts is alone with these rows. */
export async function judgeAndRemember(client: ClientBase, rule: ActiveRule, workspaceId: string, subject: string, occurrence: Occurrence): Promise<RuleVerdict> {
  const { rows: [known] } = await client.query<RuleState>({ name: "rule-state", text: READ, values: [rule.id, subject] });
  const verdict = judge(rule.conditions, occurrence, known ?? { failures: 0, isTold: false });
  const { failures, isTold } = verdict.next;
  if (failures > 0 || isTold) await client.query({ name: "rule-state-write", text: WRITE, values: [rule.id, subject, workspaceId, failures, isTold] });
  else if (known !== undefined) await client.query({ name: "rule-state-forget", text: FORGET, values: [rule.id, subject] });
  return verdict;
}

import type { ClientBase } from "pg";
import type { Permission } from "@/server/auth/permissions";
import type { FactKind, PlatformEvent } from "@/server/facts/contract";
import { readable } from "@/server/queue/readable-json";
import { findPeople, type PartOf, whoIsAsked } from "./people";
import { mailIsSetUp } from "./mail-setting";
import { notify } from "./notify";
import { judgeAndRemember, type RuleState } from "./rule-state";
import { rulesFor, type RuleWithChannels } from "./rules-for";
import { wordingOf } from "./wording";
import { organizationLeadersTold } from "./tell-leaders";

/** A fact with what is known about it. */
export interface Occurrence {
  kind: FactKind;
  key: string;
  subjectId: string;
  event: PlatformEvent;
  path: string;
  triggerId: string | null;
  waitId: string | null;
}

const NOT_STARTED = "errorWorkflow, the workspace's error workflow or its success workflow";

/** Who hears of a fact, in the transaction that marks it as done. Answers whether anybody does. */
export async function tellOf(client: ClientBase, occurrence: Occurrence): Promise<boolean> {
  const { event, kind, triggerId } = occurrence;
  const place = { workspaceId: event.workspace.id, workflowId: event.workflow?.id ?? null, triggerId, environmentId: event.environment?.id ?? null, ruleId: isOfQueue(kind) ? occurrence.subjectId : null };
  let told = false;
  for (const rule of await rulesFor(client, kind, place)) {
    const verdict = await verdictOf(client, rule, occurrence);
    if (verdict.tells) told = (await tellByRule(client, rule, occurrence, verdict.failures)) || told;
  }
  if (kind === "approval.requested" || kind === "approval.reminded") told = (await askForAnswer(client, occurrence)) || told;
  return told;
}

async function verdictOf(client: ClientBase, rule: RuleWithChannels, { kind, event, subjectId, triggerId }: Occurrence): Promise<{ tells: boolean; failures: number }> {
  const workspaceId = event.workspace.id;
  const judged = async (subject: string, what: Parameters<typeof judgeAndRemember>[4]) => {
    const { tells, next }: { tells: boolean; next: RuleState } = await judgeAndRemember(client, rule, workspaceId, subject, what);
    return { tells, failures: rule.conditions.some(({ type }) => type === "failuresInRow") ? next.failures : 1 };
  };
  switch (kind) {
    case "run.failed":
      return judged(`workflow ${event.workflow?.id ?? subjectId}`, "failed");
    case "run.succeeded":
      return judged(`workflow ${event.workflow?.id ?? subjectId}`, "succeeded");
    case "trigger.error":
      return judged(`trigger ${triggerId ?? subjectId}`, "troubled");
    case "trigger.recovered":
      return judged(`trigger ${triggerId ?? subjectId}`, "recovered");
    // Whoever watches the queue remembers that it was told.
    case "queue.recovered":
      return { tells: rule.conditions.some(({ type }) => type === "recovered"), failures: 1 };
    case "queue.old":
    case "schedule.missed":
    case "worker.lost":
    case "quota.warning":
    case "quota.reached":
    case "approval.requested":
    case "approval.reminded":
    case "approval.expired":
      return { tells: true, failures: 1 };
  }
}

/** Of a queue: the rule that watches it says of which. */
const isOfQueue = (kind: FactKind) => kind === "queue.old" || kind === "queue.recovered";

const PART = `
SELECT CASE scope_type WHEN 'workflow' THEN scope_id WHEN 'trigger' THEN (SELECT t.workflow_id FROM trigger t WHERE t.id = scope_id) END AS "workflowId",
  CASE scope_type WHEN 'folder' THEN scope_id END AS "folderId" FROM notification_rule WHERE id = $1`;

async function partOfRule(client: ClientBase, ruleId: string): Promise<PartOf> {
  const { rows: [part] } = await client.query<PartOf>({ name: "alert-part", text: PART, values: [ruleId] });
  return part ?? {};
}

/** What is told has names and errors of runs in it. */
const mayHear = (permissions: ReadonlySet<Permission>, kind: FactKind) => permissions.has("run:read") || (kind.startsWith("approval.") && permissions.has("wait:answer"));

async function tellByRule(client: ClientBase, rule: RuleWithChannels, { kind, key, event, path, waitId }: Occurrence, failures: number): Promise<boolean> {
  const workspaceId = event.workspace.id;
  const part = isOfQueue(kind) ? await partOfRule(client, rule.id) : { workflowId: event.workflow?.id ?? null };
  const everybody = rule.inApp ? (await findPeople(client, workspaceId, "alerts", part)).filter(({ permissions }) => mayHear(permissions, kind)) : [];
  const people = await exceptTold(client, event, everybody);
  const sendsMail = await mailIsSetUp(client, workspaceId);
  return notify(client, {
    workspaceId,
    key: `${key} rule ${rule.id}`,
    category: "alerts",
    event: event.event,
    ...wordingOf(event, failures),
    path,
    payload: event,
    ruleId: rule.id,
    waitId: event.event === "approvalRequested" ? waitId : null,
    userIds: people.filter(({ wants }) => wants.inApp).map(({ id }) => id),
    channelIds: rule.channelIds,
    recipients: sendsMail ? people.filter(({ wants }) => wants.email).map(({ email }) => email) : [],
  });
}

/** Those who lead the workspace or the organization hear of its quotas without any rule. */
async function exceptTold<One extends { id: string; names: readonly string[] }>(client: ClientBase, { quota, workspace }: Occurrence["event"], people: readonly One[]): Promise<readonly One[]> {
  if (quota?.of === "workspace") return people.filter(({ names }) => !names.includes("owner") && !names.includes("admin"));
  if (quota?.of !== "organization") return people;
  const told = await organizationLeadersTold(client, workspace.id);
  return people.filter(({ id }) => !told.has(id));
}

const WAIT = `
SELECT w.status, ${readable("w.detail", "w.detail -> 'approvers'")} AS approvers, ARRAY(SELECT a.user_id FROM wait_response a WHERE a.wait_id = w.id AND a.user_id IS NOT NULL) AS "answeredBy",
  ARRAY(SELECT json_build_object('id', u.id, 'email', u.email) FROM run r JOIN run o ON o.id IN (r.id, r.root_run_id) AND o.workspace_id = r.workspace_id JOIN user_account u ON u.id IN (o.started_by_id, o.started_for_id)
    WHERE r.id = w.run_id AND r.workspace_id = w.workspace_id AND coalesce(${readable("w.detail", "w.detail ->> 'excludesStarter'")} = 'true', false)) AS starters
FROM wait w WHERE w.id = $1 AND w.workspace_id = $2`;

/** Each approver hears of it: in the page, and by mail with a link of their own. Nobody named: only those who asked for mails get any. */
async function askForAnswer(client: ClientBase, { key, event, path, waitId }: Occurrence): Promise<boolean> {
  const workspaceId = event.workspace.id;
  const { rows: [wait] } = await client.query<{ status: string; approvers: unknown; answeredBy: string[]; starters: { id: string; email: string }[] }>({ name: "alert-wait", text: WAIT, values: [waitId, workspaceId] });
  if (wait === undefined || wait.status !== "open") return false;
  const approvers = Array.isArray(wait.approvers) ? wait.approvers.filter((entry): entry is string => typeof entry === "string") : [];
  const asked = whoIsAsked(await findPeople(client, workspaceId, "approvals", { workflowId: event.workflow?.id ?? null }), approvers, new Set(wait.answeredBy), wait.starters);
  const byMail = asked.people.filter(({ wants, own }) => (asked.isNamed ? wants.email : own?.email === true));
  const sendsMail = await mailIsSetUp(client, workspaceId);
  return notify(client, {
    workspaceId,
    key,
    category: "approvals",
    event: event.event,
    ...wordingOf(event),
    path,
    payload: event,
    ruleId: null,
    waitId,
    userIds: asked.people.filter(({ wants }) => wants.inApp).map(({ id }) => id),
    channelIds: [],
    recipients: sendsMail ? [...byMail.map(({ email }) => email), ...asked.addresses] : [],
  });
}

/** A workflow that should have started and could not: whoever may mend it hears. */
export async function tellOfHandler(client: ClientBase, { key, event, path }: Pick<Occurrence, "key" | "event" | "path">, problem: { handler: string; workflow: string; message: string }): Promise<boolean> {
  const workspaceId = event.workspace.id;
  const people = (await findPeople(client, workspaceId, "alerts", { workflowId: event.workflow?.id ?? null })).filter(({ permissions, wants }) => wants.inApp && permissions.has("workflow:write"));
  return notify(client, {
    workspaceId,
    key: `${key} handler ${problem.handler}`,
    category: "alerts",
    event: event.event,
    severity: "error",
    title: `${event.workflow?.name ?? "A workflow"} ended, but its handler did not start`,
    text: `${problem.message}. Look at ${NOT_STARTED}.`,
    path,
    payload: event,
    ruleId: null,
    waitId: null,
    userIds: people.map(({ id }) => id),
    channelIds: [],
    recipients: [],
  });
}

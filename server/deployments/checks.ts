import { readRunAs, requireUsable } from "@/server/auth/acting/run-as";
import type { Scope } from "@/server/auth/scope";
import type { Definition } from "@/server/engine/definition";
import type { Environment } from "@/server/environments/service";
import { DomainError } from "@/server/errors/domain-error";
import { dependenciesOf } from "@/server/workflows/service";
import type { Check, ComparedValue } from "./contract";
import { findCalled, findSeen, type Seen } from "./seen";

interface Asked {
  workflowId: string;
  definition: Definition;
  runAs: unknown;
  from: Environment | null;
  to: Environment;
}

/** What keeps a version from an environment (errors), what somebody should know (warnings), and the values that differ there. */
export async function checkVersion(scope: Scope, asked: Asked): Promise<{ checks: Check[]; values: ComparedValue[] }> {
  const named = namedBy(asked.definition);
  const seenIn = (environment: Environment | null) => findSeen(scope.workspaceId, asked.workflowId, environment, named);
  const [from, to] = [await seenIn(asked.from), await seenIn(asked.to)];
  const values = [...named.secrets.map((name) => compare("secret", name)), ...named.variables.map((name) => compare("variable", name))];
  return { values, checks: [...values.flatMap((value) => checkValue(value, asked)), ...(await checkCalls(scope, asked)), ...(await checkIdentity(scope, asked))] };

  function compare(what: "secret" | "variable", name: string): ComparedValue {
    const [before, after] = [from.get(`${what} ${name}`), to.get(`${what} ${name}`)];
    // Who sees parts of the workspace only may not see every variable.
    const mayRead = scope.places === null && scope.can("variable:read");
    const shown = (seen: Seen | undefined) => (mayRead ? (seen?.value ?? null) : null);
    return { what, name, from: kindOf(before), to: kindOf(after), fromValue: shown(before), toValue: shown(after) };
  }
}

const kindOf = (seen: Seen | undefined) => (seen === undefined ? null : seen.isOwn ? "own" : "general");

function namedBy(definition: Definition) {
  const all = dependenciesOf(definition);
  const names = (type: string) => [...new Set(all.flatMap(({ targetType, targetRef }) => (targetType === type ? [targetRef] : [])))].sort();
  return { secrets: names("secret"), variables: names("variable") };
}

function checkValue({ what, name, from, to }: ComparedValue, { from: source, to: { name: there } }: Asked): Check[] {
  const check = (severity: Check["severity"], code: string, message: string): Check[] => [{ severity, code, message, path: "" }];
  if (to === null && what === "secret") return check("error", "secret_missing", `The secret ${name} has no value in ${there}.`);
  if (to === null) return from === null ? check("warning", "variable_missing", `The variable ${name} has no value in ${there}.`) : check("error", "variable_missing", `The variable ${name} has a value in ${source?.name ?? "the environment before"}, but none in ${there}.`);
  if (from === "own" && to === "general") return check("warning", "value_general", `The ${what} ${name} has no value of its own in ${there}: the one for all environments is used.`);
  return [];
}

async function checkCalls(scope: Scope, { workflowId, definition, to }: Asked): Promise<Check[]> {
  const checks: Check[] = [];
  for (const { id: nodeId, kind, config } of definition.nodes) {
    const { workflow, version } = config;
    if (kind !== "subworkflow" || typeof workflow !== "string" || workflow.includes("{{")) continue;
    const called = await findCalled(scope.workspaceId, workflow, to.id, typeof version === "number" ? version : null);
    if (called?.id === workflowId) continue;
    const place = { nodeId, path: "" };
    if (called === null) checks.push({ severity: "warning", code: "workflow_missing", message: `The step ${nodeId} calls ${workflow}, which is not there.`, ...place });
    else if (!called.isThere) checks.push({ severity: "error", code: "workflow_not_there", message: `The step ${nodeId} calls ${called.name}${typeof version === "number" ? ` in version ${version}` : ""}, which is not in ${to.name} yet.`, ...place });
  }
  const { errorWorkflow = "" } = definition.settings;
  if (errorWorkflow === "" || errorWorkflow.includes("{{")) return checks;
  const handler = await findCalled(scope.workspaceId, errorWorkflow, to.id, null);
  if (handler?.isThere !== true) checks.push({ severity: "warning", code: "error_workflow_not_there", message: `The error workflow ${errorWorkflow} is not in ${to.name}.`, path: "/settings/errorWorkflow" });
  return checks;
}

/** Whoever promotes changes what is done in that name there. */
async function checkIdentity(scope: Scope, { runAs }: Asked): Promise<Check[]> {
  const named = readRunAs(runAs);
  if (named === null) return [];
  try {
    await requireUsable(scope, named, "Whom its runs act for");
    return [];
  } catch (error) {
    if (!DomainError.is(error, "invalid_input")) throw error;
    return [{ severity: "error", code: "identity_not_yours", message: error.message, path: "/settings/runAs" }];
  }
}

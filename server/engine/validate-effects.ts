import { CONTROL_KINDS, WAITING_KINDS, type WorkflowNode } from "./definition";
import type { Problem } from "./problem";
import type { Outline } from "./validate";
import { isContainer } from "./validate-nesting";

type Setting = "retry" | "cache" | "timeoutSeconds" | "onError" | "onWorkerLost" | "skipIf" | "concurrency" | "rateLimit" | "throttle" | "debounce" | "pool" | "priority" | "resources";

const WITHOUT_EFFECT = {
  trigger: ["retry", "cache", "timeoutSeconds", "onError", "onWorkerLost", "skipIf", "concurrency", "rateLimit", "throttle", "debounce", "pool", "priority", "resources"],
  control: ["retry", "cache", "timeoutSeconds", "onWorkerLost", "resources"],
  waiting: ["timeoutSeconds"],
  container: ["timeoutSeconds", "onWorkerLost", "concurrency", "rateLimit", "throttle", "debounce", "priority", "resources"],
} as const satisfies Record<string, readonly Setting[]>;

/** Settings that a node of its kind cannot have, or that change nothing there. */
export function checkEffects(outline: Outline): Problem[] {
  return outline.definition.nodes.flatMap((node, index) => {
    const at = (severity: Problem["severity"], code: Problem["code"], field: string, message: string): Problem => ({
      severity,
      code,
      message,
      nodeId: node.id,
      path: `/nodes/${index}/${field}`,
    });
    const refused = isContainer(outline, node)
      ? (["retry", "cache"] as const).filter((setting) => node[setting] !== undefined).map((setting) => at("error", "not_for_containers", setting, `a container cannot have ${setting}; give it to the nodes inside`))
      : [];
    const idle = settingsWithoutEffect(outline, node).map((setting) => at("warning", "no_effect", setting, `${setting} has no effect on a node of kind ${node.kind}${insteadOf(setting, node)}`));
    return [...refused, ...idle, ...retryProblems(node, at), ...routeProblems(outline, node, at)];
  });
}

/** What the kind has in its place. */
const EXPIRING = ["wait.signal", "approval", "subworkflow", "module"];

function insteadOf(setting: Setting, { kind }: WorkflowNode): string {
  return setting === "timeoutSeconds" && EXPIRING.includes(kind) ? ": it only waits, and expiresAfterSeconds of its config ends that" : "";
}

type At = (severity: Problem["severity"], code: Problem["code"], field: string, message: string) => Problem;

function settingsWithoutEffect(outline: Outline, node: WorkflowNode): Setting[] {
  const role = roleOf(outline, node);
  return role === null ? [] : WITHOUT_EFFECT[role].filter((setting) => node[setting] !== undefined);
}

function roleOf(outline: Outline, node: WorkflowNode): keyof typeof WITHOUT_EFFECT | null {
  if (node.kind.startsWith("trigger.")) return "trigger";
  if ((CONTROL_KINDS as readonly string[]).includes(node.kind)) return "control";
  if (WAITING_KINDS.includes(node.kind)) return "waiting";
  return isContainer(outline, node) ? "container" : null;
}

function retryProblems({ retry }: WorkflowNode, at: At): Problem[] {
  if (retry === undefined) return [];
  const problems: Problem[] = [];
  if (retry.maxAttempts === 1) problems.push(at("warning", "no_effect", "retry/maxAttempts", "one attempt in all means that nothing is retried"));
  if (retry.strategy === "exponential" && retry.maxDelaySeconds < retry.delaySeconds) {
    problems.push(at("warning", "no_effect", "retry/delaySeconds", "the first delay is above maxDelaySeconds, which is used instead"));
  }
  return problems;
}

function routeProblems({ definition }: Outline, node: WorkflowNode, at: At): Problem[] {
  if (node.onError !== "route" || definition.edges.some(({ from, port }) => from === node.id && port === "error")) return [];
  return [at("warning", "error_without_route", "onError", `errors of "${node.id}" are routed, but no edge leaves its port "error": they vanish`)];
}

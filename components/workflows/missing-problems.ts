import { isRecord } from "@/server/schema/problem";
import type { MissingInDraft } from "@/server/transfer/contract";
import type { WorkflowProblem } from "@/server/workflows/contract";

type Missing = MissingInDraft["missing"][number];
type Document = Record<string, unknown>;

/** A warning at each place of the draft that names what is not there. What was taken out of the draft meanwhile is none any more. */
export function missingProblems(definition: Document, { missing, isPart }: MissingInDraft): WorkflowProblem[] {
  return missing.flatMap((one) => {
    const message = `${messageOf(one)}${isPart ? " that you may see" : ""}.`;
    return one.nodeIds.flatMap((nodeId) => placesOf(definition, one, nodeId).map((place) => ({ severity: "warning" as const, code: "unknown_reference", message, ...place })));
  });
}

function messageOf({ type, name, version }: Missing): string {
  if (version !== undefined) return `There is no version ${version} of the ${type} "${name}"`;
  return `There is no ${type} "${name}" ${type === "secret" || type === "variable" ? "in the folders of this workflow or in the workspace" : "in this workspace"}`;
}

type Place = Pick<WorkflowProblem, "nodeId" | "edgeIndex" | "path">;
const FIELDS = { workflow: "workflow", block: "module", adapter: "adapter" } as const;

function placesOf(definition: Document, one: Missing, nodeId: string): Place[] {
  if (nodeId === "") return outsidePlaces(definition, one);
  const nodes = listOf(definition.nodes);
  const index = nodes.findIndex((node) => isRecord(node) && node.id === nodeId);
  const node = nodes[index];
  if (!isRecord(node)) return [];
  if (one.type !== "secret" && one.type !== "variable") {
    const { config } = node;
    const field = FIELDS[one.type];
    if (!isRecord(config) || config[field] !== one.name || (one.version !== undefined && config.version !== one.version)) return [];
    return [{ nodeId, path: `/nodes/${index}/config/${one.version === undefined ? field : "version"}` }];
  }
  const own = pointerTo(node, one, `/nodes/${index}`);
  if (own !== null) return [{ nodeId, path: own }];
  const edge = listOf(definition.edges).findIndex((each) => isRecord(each) && each.from === nodeId && reads(each.when, one));
  return edge === -1 ? [] : [{ nodeId, edgeIndex: edge, path: `/edges/${edge}/when` }];
}

/** The output, the settings. */
function outsidePlaces(definition: Document, one: Missing): Place[] {
  const { settings } = definition;
  if (one.type === "workflow") return isRecord(settings) && settings.errorWorkflow === one.name ? [{ path: "/settings/errorWorkflow" }] : [];
  const path = pointerTo(definition.output, one, "/output") ?? pointerTo(settings, one, "/settings");
  return path === null ? [] : [{ path }];
}

/** Of the first text below that names it. */
function pointerTo(value: unknown, one: Missing, path: string): string | null {
  if (typeof value === "string") return reads(value, one) ? path : null;
  if (typeof value !== "object" || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    const found = pointerTo(inner, one, `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`);
    if (found !== null) return found;
  }
  return null;
}

const ROOTS = { secret: "secrets", variable: "vars" } as const;

/** Near enough: that the expression reads it, the server has found. */
function reads(text: unknown, { type, name }: Missing): boolean {
  return typeof text === "string" && (type === "secret" || type === "variable") && text.includes(ROOTS[type]) && text.includes(name);
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

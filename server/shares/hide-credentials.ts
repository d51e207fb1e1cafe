import { parseTemplate } from "@/server/expressions/template";
import { isWithinAny } from "@/server/nodes/config-fields";
import { findKind } from "@/server/nodes/catalog";

export const HIDDEN = "(hidden)";
/** Say of which sort a credential is, or what it is called, never what it is. */
const SAYING = /\/(type|name)$/;

/**
 * A definition for eyes outside the workspace. Secrets are names in it; whoever typed a password into the field itself is
 * protected as well: of fields for secrets only templates stay.
 */
export function hideCredentials(document: unknown): Record<string, unknown> {
  const definition = (isObject(document) ? document : {}) as Record<string, unknown>;
  if (!Array.isArray(definition.nodes)) return definition;
  return { ...definition, nodes: definition.nodes.map((node: unknown) => (isObject(node) ? hideInNode(node) : node)) };
}

function hideInNode(node: Record<string, unknown>): Record<string, unknown> {
  const spec = typeof node.kind === "string" ? findKind(node.kind) : null;
  // What fields of an unknown kind mean is unknown too.
  if (spec === null) return { ...node, config: {} };
  return spec.secretFields === undefined ? node : { ...node, config: hideWithin(node.config, "", spec.secretFields) };
}

function hideWithin(value: unknown, pointer: string, fields: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((entry: unknown, index) => hideWithin(entry, `${pointer}/${index}`, fields));
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, hideWithin(entry, `${pointer}/${key}`, fields)]));
  if (typeof value !== "string" || value === "" || !isWithinAny(fields, pointer) || SAYING.test(pointer)) return value;
  return hideLiterals(value);
}

/** Templates name what they are about; what is typed beside them is as much a credential as a field without any. */
function hideLiterals(text: string): string {
  const parsed = parseTemplate(text);
  if (!parsed.ok) return HIDDEN;
  return parsed.parts.map((part, index) => (part.kind === "text" ? hideText(part.text) : text.slice(part.offset, parsed.parts[index + 1]?.offset))).join("");
}

const hideText = (text: string) => (/^\s*$|^(Bearer|Basic)\s+$/i.test(text) ? text : HIDDEN);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

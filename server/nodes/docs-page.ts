import { CATALOG } from "@/server/nodes/catalog";
import { formOf, type FormSchema } from "@/server/nodes/form";
import type { KindSpec } from "@/server/nodes/kind";

/** `docs/nodes.md`, written from the catalog; a test compares. */
export function nodesPage(): string {
  const specs: KindSpec<unknown>[] = Object.values(CATALOG);
  const groups = [...new Set(specs.map((spec) => spec.group))];
  const contents = groups.map((group) => `- ${group}: ${specs.filter((spec) => spec.group === group).map(({ kind }) => `[${kind}](#${anchorOf(kind)})`).join(", ")}`);
  return [INTRODUCTION, contents.join("\n"), ...specs.map(section)].join("\n\n") + "\n";
}

const INTRODUCTION = `# Node kinds

This page is generated from the kinds' own schemas (\`npx vitest run server/nodes/docs-page.test.ts -u\`).
Any text in a config may hold [expressions](expressions.md), \`{{ … }}\`, unless the table says that it is taken as it is.
Fields marked *secret* may also hold \`{{ secrets.NAME }}\`. Every node also has \`retry\`, \`timeoutSeconds\`, \`onError\`, \`skipIf\`,
\`cache\` and the other settings of [the engine](engine.md); with \`onError: route\` it has the port \`error\`. \`timeoutSeconds\` is of an attempt that does something: what only waits (a delay, an answer, another run) has
\`expiresAfterSeconds\` for it, where it has any limit.`;

function section(spec: KindSpec<unknown>): string {
  const rows = fieldRows(spec);
  const table = ["| Field | Type | Default | |", "|---|---|---|---|", ...rows].join("\n");
  return [`## ${spec.kind}`, `**${spec.title}.** ${spec.summary}`, shapeLine(spec), rows.length === 0 ? "No config." : table].join("\n\n");
}

function shapeLine(spec: KindSpec<unknown>): string {
  const example = { branches: 2, cases: [{ name: "<name>" }] };
  const ports = spec.ports(example);
  const slots = spec.slots?.(example);
  const list = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ");
  return `Ports: ${ports.length === 0 ? "none" : list(ports)}${slots === undefined ? "" : ` · Slots: ${list(slots)}`}`;
}

function fieldRows(spec: KindSpec<unknown>): string[] {
  const form = formOf(spec.kind);
  return rowsOf(spec, form ?? {}, "");
}

function rowsOf(spec: KindSpec<unknown>, schema: FormSchema, prefix: string): string[] {
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = prefix + name;
    const row = `| \`${path}\` | ${typeOf(field)} | ${defaultOf(field, required.includes(name))} | ${notes(spec, path, field)} |`;
    const inner = field.type === "object" && field.properties !== undefined ? rowsOf(spec, field, `${path}.`) : [];
    return [row, ...inner];
  });
}

function typeOf(schema: FormSchema): string {
  if (schema.field === "jsonSchema") return "JSON Schema";
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => `\`${String(value)}\``).join(" ");
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  const choices = schema.oneOf ?? schema.anyOf;
  if (Array.isArray(choices)) return (choices as FormSchema[]).map(choiceOf).join(" or ");
  if (schema.type === "array") return `list of ${memberOf((schema.items ?? {}) as FormSchema)}`;
  if (schema.type === "object" && schema.properties === undefined) return `object of ${typeOf((schema.additionalProperties ?? {}) as FormSchema)}`;
  if (schema.field === "secret") return "text, *secret*";
  if (schema.type === "object" && schema.properties !== undefined) return "object";
  return { string: "text", integer: "whole number", number: "number", boolean: "true or false" }[String(schema.type)] ?? "anything";
}

function memberOf(schema: FormSchema): string {
  return schema.properties === undefined ? typeOf(schema) : `{${Object.keys(schema.properties).join(", ")}}`;
}

/** One kind of a union: `json {value}`. */
function choiceOf(schema: FormSchema): string {
  if (schema.properties?.type?.const === undefined) return typeOf(schema);
  const fields = Object.keys(schema.properties).filter((name) => name !== "type");
  return `\`${String(schema.properties.type.const)}\`${fields.length === 0 ? "" : ` {${fields.join(", ")}}`}`;
}

function defaultOf(schema: FormSchema, isRequired: boolean): string {
  if (schema.default !== undefined) return `\`${JSON.stringify(schema.default)}\``;
  return isRequired ? "required" : "";
}

function notes(spec: KindSpec<unknown>, path: string, schema: FormSchema): string {
  const description = typeof schema.description === "string" ? schema.description.replaceAll("|", "\\|") : "";
  return [description, isLiteral(spec, path) ? "Taken as it is." : ""].filter((part) => part !== "").join(" ");
}

function isLiteral(spec: KindSpec<unknown>, path: string): boolean {
  return (spec.rawFields?.includes(path) ?? false) || (spec.literalFields?.includes(`/${path}`) ?? false);
}

function anchorOf(kind: string): string {
  return kind.toLowerCase().replaceAll(".", "");
}

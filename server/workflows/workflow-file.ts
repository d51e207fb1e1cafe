import { LineCounter, parseAllDocuments, type Document, type ParsedNode } from "yaml";
import { z } from "zod";
import { DomainError } from "@/server/errors/domain-error";
import { draftDocumentSchema } from "./contract";

/** A workflow as a file (YAML or JSON): the definition, with its name and an example of its input beside it. */
export interface WorkflowFile {
  name: string;
  /** Name for programs, if the file asks for one. */
  slug: string | undefined;
  description: string;
  exampleInput: unknown;
  /** Names of folders, the outermost first. */
  folder: string[];
  tags: string[];
  category: string;
  teaches: string[];
  starter: boolean;
  /** Set: a block that the file's workflows use, by its name for programs, in this version. */
  block: string | undefined;
  version: number;
  definition: Record<string, unknown>;
  /** Line of the file that a JSON pointer into the definition leads to, from 1. */
  lineOf(pointer: string): number;
}

const slugSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "must be of small letters, digits and hyphens").optional();
const aboutShape = {
  name: z.string().trim().min(1).max(200).optional(),
  slug: slugSchema,
  description: z.string().max(10_000).default(""),
  exampleInput: z.unknown().optional(),
  folder: z.array(z.string().trim().min(1).max(100)).max(10).default([]),
  tags: z.array(z.string().trim().min(1).max(50)).max(50).default([]),
  category: z.string().max(50).default(""),
  teaches: z.array(z.string().max(200)).max(20).default([]),
  starter: z.boolean().default(false),
  block: slugSchema,
  version: z.int().min(1).default(1),
};
const aboutSchema = z.object(aboutShape);

/** Aliases could blow a small file up into gigabytes. */
const ALIASES_MAX = 100;
export const WORKFLOWS_PER_FILE = 200;

/** The first workflow of a file. */
export function parseWorkflowFile(text: string, fileName: string): WorkflowFile {
  return parseWorkflowFiles(text, fileName).find(({ block }) => block === undefined)!;
}

/** YAML documents one after the other, one JSON value, or a JSON list of them. */
export function parseWorkflowFiles(text: string, fileName: string): WorkflowFile[] {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { prettyErrors: false, lineCounter: lines });
  const documents = Array.isArray(parsed) ? parsed.filter((document) => document.contents !== null || document.errors.length > 0) : [];
  for (const document of documents) {
    const [error] = document.errors;
    if (error !== undefined) throw invalid(fileName, lines.linePos(error.pos[0]).line, `is not valid YAML or JSON: ${error.message}`);
  }
  const files = documents.flatMap((document) => entriesOf(document, fileName, lines));
  if (!files.some(({ block }) => block === undefined)) throw new DomainError("invalid_input", { field: fileName, reason: "holds no workflow" });
  if (files.length > WORKFLOWS_PER_FILE) throw new DomainError("limit_reached", { what: "workflows in one file", limit: WORKFLOWS_PER_FILE });
  return files;
}

type Parsed = Document.Parsed<ParsedNode, boolean>;

function entriesOf(document: Parsed, fileName: string, lines: LineCounter): WorkflowFile[] {
  const content = valueOf(document, fileName);
  if (!Array.isArray(content)) return [readEntry(content, [], document, fileName, lines)];
  return (content as unknown[]).map((entry, index) => readEntry(entry, [String(index)], document, fileName, lines));
}

function valueOf(document: Parsed, fileName: string): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIASES_MAX }) as unknown;
  } catch (cause) {
    throw new DomainError("invalid_input", { field: fileName, reason: `cannot be read: ${(cause as Error).message}` }, { cause });
  }
}

function readEntry(entry: unknown, at: string[], document: Parsed, fileName: string, lines: LineCounter): WorkflowFile {
  const lineAt = (path: string[]) => lineOf(document, [...at, ...path], lines);
  const content = draftDocumentSchema.safeParse(entry);
  if (!content.success || Array.isArray(entry)) throw invalid(fileName, lineAt([]), "must hold one workflow definition");
  const about = aboutSchema.safeParse(content.data);
  if (!about.success) {
    const [issue] = about.error.issues;
    const path = issue?.path.map(String) ?? [];
    throw invalid(`${fileName}: ${path.join(".")}`, lineAt(path), issue?.message ?? "is not valid");
  }
  const { definition, base } = definitionOf(content.data);
  if (!Array.isArray(definition.nodes)) throw invalid(fileName, lineAt(base), "must hold a workflow definition: its list of nodes is missing");
  const { name, slug, block, exampleInput, ...rest } = about.data;
  return {
    ...rest, slug, block, definition,
    name: name ?? block ?? baseName(fileName),
    exampleInput: exampleInput ?? {},
    lineOf: (pointer) => lineAt([...base, ...pointer.split("/").slice(1).map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))]),
  };
}

/** What stands under `definition`, or all that is not about the workflow. */
function definitionOf(content: Record<string, unknown>): { definition: Record<string, unknown>; base: string[] } {
  const inner = draftDocumentSchema.safeParse(content.definition);
  if (inner.success && !Array.isArray(content.definition)) return { definition: inner.data, base: ["definition"] };
  return { definition: Object.fromEntries(Object.entries(content).filter(([key]) => !(key in aboutShape) && key !== "millrace")), base: [] };
}

/** Of the deepest part of the path that the file holds. */
function lineOf(document: Parsed, path: string[], lines: LineCounter): number {
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const steps = path.slice(0, depth);
    const node = (steps.length === 0 ? document.contents : document.getIn(steps, true)) as { range?: [number, number, number] | null } | null | undefined;
    if (node?.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

function invalid(field: string, line: number, reason: string): DomainError {
  return new DomainError("invalid_input", { field, reason: `${reason} (line ${line})` });
}

export function baseName(fileName: string): string {
  return (fileName.split(/[/\\]/).at(-1) ?? fileName).replace(/\.(ya?ml|json)$/i, "");
}

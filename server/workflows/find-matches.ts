import type { SearchMatch } from "./contract";

const MAX_MATCHES = 3;
const CONTEXT = 40;
const MAX_WORDS = 10;

/** Every word of a search has to be found somewhere. */
export function wordsOf(search: string): string[] {
  return [...new Set(search.toLowerCase().split(/\s+/).filter((word) => word !== ""))].slice(0, MAX_WORDS);
}

interface Searched {
  name: string;
  description: string;
  draft?: unknown;
}

interface Text {
  nodeId: string | null;
  nodeName: string | null;
  field: string;
  text: string;
}

/** The places to show for a search: those with the most of its words first, one for each node, none for what the name says already. */
export function findMatches({ name, description, draft }: Searched, search: string): SearchMatch[] {
  const words = wordsOf(search);
  if (words.every((word) => name.toLowerCase().includes(word))) return [];
  const about: Text = { nodeId: null, nodeName: null, field: "description", text: description };
  const best = new Map<string, { count: number; match: SearchMatch }>();
  for (const place of [about, ...textsOfNodes(draft), ...textsBeside(draft)]) {
    const found = words.filter((word) => place.text.toLowerCase().includes(word));
    const key = place.nodeId ?? ` ${place.field.split(".")[0]}`;
    if (found.length > (best.get(key)?.count ?? 0)) best.set(key, { count: found.length, match: cut(place, found[0]!) });
  }
  return [...best.values()].sort((one, other) => other.count - one.count).slice(0, MAX_MATCHES).map(({ match }) => match);
}

function cut({ nodeId, nodeName, field, text }: Text, word: string): SearchMatch {
  const start = text.toLowerCase().indexOf(word);
  const end = start + word.length;
  const from = Math.max(0, start - CONTEXT);
  const line = (part: string) => part.replace(/\s+/g, " ");
  return {
    nodeId, nodeName, field,
    before: (from > 0 ? "…" : "") + line(text.slice(from, start)),
    match: line(text.slice(start, end)),
    after: line(text.slice(end, end + CONTEXT)) + (end + CONTEXT < text.length ? "…" : ""),
  };
}

function* textsOfNodes(draft: unknown): Generator<Text> {
  const nodes: unknown = isObject(draft) ? draft.nodes : null;
  for (const node of Array.isArray(nodes) ? (nodes as unknown[]) : []) {
    if (!isObject(node) || typeof node.id !== "string") continue;
    const place = { nodeId: node.id, nodeName: typeof node.name === "string" && node.name !== "" ? node.name : node.id };
    yield { ...place, field: "name", text: place.nodeName };
    if (place.nodeName !== node.id) yield { ...place, field: "id", text: node.id };
    if (typeof node.notes === "string") yield { ...place, field: "notes", text: node.notes };
    if (typeof node.skipIf === "string") yield { ...place, field: "skipIf", text: node.skipIf };
    for (const [field, text] of textsIn(node.config, "")) yield { ...place, field, text };
  }
}

/** Conditions of connections, as places of the steps they lead from; what is stuck on the canvas, the fields of the input, the output. */
function* textsBeside(draft: unknown): Generator<Text> {
  if (!isObject(draft)) return;
  const nameOf = new Map(listOf(draft.nodes).flatMap((node) => (isObject(node) && typeof node.id === "string" ? [[node.id, typeof node.name === "string" && node.name !== "" ? node.name : node.id] as const] : [])));
  for (const edge of listOf(draft.edges)) {
    if (isObject(edge) && typeof edge.from === "string" && typeof edge.when === "string" && nameOf.has(edge.from)) yield { nodeId: edge.from, nodeName: nameOf.get(edge.from)!, field: "condition", text: edge.when };
  }
  const whole = { nodeId: null, nodeName: null };
  for (const note of listOf(draft.annotations)) if (isObject(note) && typeof note.text === "string") yield { ...whole, field: "note", text: note.text };
  const fields = isObject(draft.input) && isObject(draft.input.properties) ? draft.input.properties : {};
  for (const [name, schema] of Object.entries(fields)) {
    const { title, description } = isObject(schema) ? schema : {};
    for (const text of [name, title, description]) if (typeof text === "string") yield { ...whole, field: `input.${name}`, text };
  }
  for (const [field, text] of textsIn(draft.output, "output")) yield { ...whole, field, text };
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function* textsIn(value: unknown, path: string): Generator<[string, string]> {
  if (typeof value === "string" || typeof value === "number") yield [path, String(value)];
  else if (typeof value === "object" && value !== null) {
    for (const [key, entry] of Object.entries(value)) yield* textsIn(entry, path === "" ? key : `${path}.${key}`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

import { isRecord, isSchema, type Schema } from "@/server/schema/problem";
import { subschemasOf } from "@/server/schema/subschemas";

/** A schema with an address of its own: the document, or a part with `$id`. */
export interface SchemaResource {
  uri: string;
  root: Schema;
  anchors: Map<string, Schema>;
  dynamicAnchors: Map<string, Schema>;
}

export interface ResolvedSchema {
  schema: Schema;
  resource: SchemaResource;
}

const ROOT_URI = "https://schema.invalid/";
export const MAX_SCHEMA_DEPTH = 100;
export const MAX_SUBSCHEMAS = 10_000;

export class SchemaTooLarge extends Error {
  override name = "SchemaTooLarge";
}

/** Knows every address inside one schema document. Nothing is ever fetched. */
export class SchemaIndex {
  readonly root: SchemaResource;
  /** Whether `unevaluatedProperties` or `unevaluatedItems` occurs at all. */
  tracksEvaluated = false;
  #resources = new Map<string, SchemaResource>();
  #resourceOf = new Map<object, SchemaResource>();
  #count = 0;

  constructor(document: Schema) {
    this.root = newResource(ROOT_URI, document);
    this.#resources.set(ROOT_URI, this.root);
    this.#visit(document, this.root, "", 0);
  }

  /** The resource that a subschema belongs to. */
  resourceOf(schema: Schema, fallback: SchemaResource): SchemaResource {
    return (typeof schema === "object" && this.#resourceOf.get(schema)) || fallback;
  }

  resolve(reference: string, from: SchemaResource): ResolvedSchema | null {
    const address = resolveUri(reference, from.uri);
    if (address === null) return null;
    const [uri, fragment] = address;
    const resource = this.#resources.get(uri);
    if (!resource) return null;
    if (fragment === "") return { schema: resource.root, resource };
    const schema = fragment.startsWith("/") ? readPointer(resource.root, fragment) : (resource.anchors.get(fragment) ?? resource.dynamicAnchors.get(fragment));
    return isSchema(schema) ? { schema, resource: this.resourceOf(schema, resource) } : null;
  }

  #visit(schema: Schema, outer: SchemaResource, path: string, depth: number): void {
    if (++this.#count > MAX_SUBSCHEMAS) throw new SchemaTooLarge(`a schema may hold at most ${MAX_SUBSCHEMAS} schemas`);
    if (depth > MAX_SCHEMA_DEPTH) throw new SchemaTooLarge(`a schema may be nested at most ${MAX_SCHEMA_DEPTH} levels deep`);
    if (typeof schema === "boolean") return;
    const resource = this.#enter(schema, outer);
    this.#resourceOf.set(schema, resource);
    if (typeof schema.$anchor === "string") resource.anchors.set(schema.$anchor, schema);
    if (typeof schema.$dynamicAnchor === "string") resource.dynamicAnchors.set(schema.$dynamicAnchor, schema);
    if (schema.unevaluatedItems !== undefined || schema.unevaluatedProperties !== undefined) this.tracksEvaluated = true;
    for (const inner of subschemasOf(schema, path)) this.#visit(inner.schema, resource, inner.path, depth + 1);
  }

  #enter(schema: Exclude<Schema, boolean>, outer: SchemaResource): SchemaResource {
    const address = typeof schema.$id === "string" ? resolveUri(schema.$id, outer.uri) : null;
    if (address === null || address[1] !== "") return outer;
    const resource = schema === outer.root ? outer : newResource(address[0], schema);
    resource.uri = address[0];
    this.#resources.set(address[0], resource);
    return resource;
  }
}

function newResource(uri: string, root: Schema): SchemaResource {
  return { uri, root, anchors: new Map(), dynamicAnchors: new Map() };
}

/** The address without its fragment, and the decoded fragment. */
function resolveUri(reference: string, base: string): [string, string] | null {
  try {
    const url = new URL(reference, base);
    const fragment = decodeURIComponent(url.hash.slice(1));
    url.hash = "";
    return [url.href, fragment];
  } catch {
    return null;
  }
}

function readPointer(root: Schema, fragment: string): unknown {
  let value: unknown = root;
  for (const token of fragment.slice(1).split("/")) {
    const key = token.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(value)) value = /^\d+$/.test(key) ? (value[Number(key)] as unknown) : undefined;
    else value = isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}

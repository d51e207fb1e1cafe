import { DomainError } from "@/server/errors/domain-error";
import { readLimitedBytes } from "@/server/auth/request-bytes";

/** Fields of a form or a query that are JSON there, and those that say how to read the file. */
const JSON_FIELDS = ["labels", "mapping"];
const OF_THE_FILE = ["delimiter", "mapping"];

/** The input of a route that takes a CSV file as it is, with its other fields in the query, or as a part of a form. Null: the body is neither. */
export async function readCsvBody(request: Request, query: Readonly<Record<string, unknown>>): Promise<Record<string, unknown> | null> {
  const header = request.headers.get("content-type") ?? "";
  switch (header.split(";")[0]?.trim().toLowerCase()) {
    case "text/csv":
      return inputOf(new TextDecoder("utf-8").decode(await readLimitedBytes(request)), query);
    case "multipart/form-data": {
      const { text, fields } = await readForm(await readLimitedBytes(request), header);
      return inputOf(text, { ...query, ...fields });
    }
    default:
      return null;
  }
}

async function readForm(bytes: Uint8Array<ArrayBuffer>, contentType: string): Promise<{ text: string; fields: Record<string, string> }> {
  const form = await new Response(bytes, { headers: { "content-type": contentType } }).formData().catch((cause: unknown) => {
    throw new DomainError("invalid_input", { field: "body", reason: "is not valid multipart/form-data" }, { cause });
  });
  const fields: Record<string, string> = {};
  const files: File[] = [];
  for (const [name, value] of form) {
    if (typeof value === "string") fields[name] = value;
    else files.push(value);
  }
  if (files.length !== 1) throw new DomainError("invalid_input", { field: "file", reason: `must be one file, not ${files.length}` });
  return { text: await files[0]!.text(), fields };
}

function inputOf(text: string, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const fields = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, JSON_FIELDS.includes(name) ? parsed(name, value) : value]));
  const about = Object.fromEntries(OF_THE_FILE.flatMap((name) => (name in fields ? [[name, fields[name]]] : [])));
  const rest = Object.fromEntries(Object.entries(fields).filter(([name]) => !OF_THE_FILE.includes(name)));
  return { ...rest, csv: { text, ...about } };
}

function parsed(field: string, value: unknown): unknown {
  try {
    return JSON.parse(String(value));
  } catch (cause) {
    throw new DomainError("invalid_input", { field, reason: "must be a JSON object" }, { cause });
  }
}

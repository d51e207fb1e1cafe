import busboy from "busboy";
import { refusal, TurnedAway } from "./turned-away";

export type KeepFile = (name: string, mediaType: string, data: Uint8Array) => Promise<unknown>;

interface Part {
  name: string;
  value: string | { fileName: string; mediaType: string; data: Buffer };
}

/** Fields and files by their names; a name that occurs several times is a list. */
export async function readMultipart(contentType: string, bytes: Buffer, keep: KeepFile): Promise<Record<string, unknown>> {
  const fields = new Map<string, unknown[]>();
  for (const { name, value } of await partsOf(contentType, bytes)) {
    const one = typeof value === "string" ? value : await keep(value.fileName, value.mediaType, value.data);
    fields.set(name, [...(fields.get(name) ?? []), one]);
  }
  return Object.fromEntries([...fields].map(([name, values]) => [name, values.length === 1 ? values[0] : values]));
}

function partsOf(contentType: string, bytes: Buffer): Promise<Part[]> {
  return new Promise((resolve, reject) => {
    const parts: Part[] = [];
    const fail = (cause: unknown) => reject(malformed(cause));
    let parser: busboy.Busboy;
    try {
      // The whole body is within the trigger's limit: no part is cut.
      parser = busboy({ headers: { "content-type": contentType }, defParamCharset: "utf8", limits: { fieldSize: bytes.length, fileSize: Infinity, fields: 1_000, files: 100 } });
    } catch (error) {
      return fail(error);
    }
    parser.on("field", (name, value) => parts.push({ name, value }));
    parser.on("file", (name, stream, { filename, mimeType }) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("close", () => parts.push({ name, value: { fileName: filename === undefined || filename === "" ? "file" : filename, mediaType: mimeType, data: Buffer.concat(chunks) } }));
    });
    parser.on("fieldsLimit", () => fail(new Error("there are more than 1000 fields")));
    parser.on("filesLimit", () => fail(new Error("there are more than 100 files")));
    parser.on("error", fail);
    parser.on("close", () => resolve(parts));
    parser.end(bytes);
  });
}

function malformed(cause: unknown): TurnedAway {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new TurnedAway("malformed", refusal({ kind: "invalid_input", title: "Invalid input", status: 400, detail: `The body is not valid multipart/form-data: ${why}.`, more: { errors: [{ field: "body", reason: "is not valid multipart/form-data" }] } }));
}

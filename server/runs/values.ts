import type { z } from "zod";
import { Prisma } from "@/prisma/generated/client";
import { openBlob, readBlobText } from "@/server/blobs/service";
import type { Tx } from "@/server/db/scoped";
import { decodeValue, readBlobReference } from "@/server/expressions/decoding";
import { toPlain } from "@/server/expressions/plain";
import { DomainError } from "@/server/errors/domain-error";
import type { runSliceInput, runSliceSchema, runValueInput, runValueSchema } from "./contract";
import { findText } from "./find-text";
import { JsonSlicer } from "./json-slice";

type ValueInput = z.output<typeof runValueInput>;
type ValuePlace = Pick<ValueInput, "runId" | "path" | "attempt" | "what">;
type Slice = z.output<typeof runValueSchema>;

const NOTHING: Slice = { text: "", offset: 0, total: null, next: null };

/** A slice of a stored value's text; offsets of values in the blob store count bytes, the others characters. */
export async function readSlice(tx: Tx, workspaceId: string, input: ValueInput): Promise<Slice> {
  const { offset, limit, find } = input;
  if (find !== undefined) return readFound(tx, workspaceId, input, find);
  const [row] = await tx.$queryRaw<{ slice: string; reference: string | null; total: number }[]>`
    select substr(value, ${offset + 1}::int, ${limit}::int) as slice, case when left(value, 9) = '{"$blob":' then value end as reference, length(value) as total
    from (${storedValue(input)}) stored where value is not null`;
  if (row === undefined) return NOTHING;
  const reference = row.reference === null ? null : readBlobReference(row.reference);
  if (reference !== null) return readBlobSlice(workspaceId, reference.id, reference.size, offset, limit);
  const end = offset + limit;
  return { text: row.slice, offset, total: row.total, next: end < row.total ? end : null };
}

/** From shortly before the first place that says it. */
async function readFound(tx: Tx, workspaceId: string, input: ValueInput, said: string): Promise<Slice> {
  const { offset, limit } = input;
  const [row] = await tx.$queryRaw<{ value: string }[]>`select value from (${storedValue(input)}) stored where value is not null`;
  if (row === undefined) return NOTHING;
  const reference = readBlobReference(row.value);
  if (reference === null) {
    const whole = [...row.value];
    const place = await findText(once(Buffer.from(row.value)), said, Buffer.byteLength(whole.slice(0, offset).join("")));
    if (place === null) return { text: "", offset, total: whole.length, next: null, found: null };
    const charactersBefore = (bytes: number) => [...Buffer.from(row.value).subarray(0, bytes).toString("utf8")].length;
    const [start, at] = [charactersBefore(place.start), charactersBefore(place.at)];
    return { text: whole.slice(start, start + limit).join(""), offset: start, total: whole.length, next: start + limit < whole.length ? start + limit : null, found: at };
  }
  const blob = await openBlob(workspaceId, reference.id);
  const place = blob === null ? null : await findText(blob.content, said, offset);
  if (place === null) return { text: "", offset, total: blob === null ? null : reference.size, next: null, found: null };
  return { ...(await readBlobSlice(workspaceId, reference.id, reference.size, place.start, limit)), found: place.at };
}

function storedValue({ runId, path, attempt, what }: ValuePlace): Prisma.Sql {
  const column = Prisma.raw(what);
  if (path === "") return Prisma.sql`select ${column}::text as value from run where id = ${runId}::uuid and workspace_id = current_workspace_id()`;
  if (what === "trigger") return Prisma.sql`select null::text as value`;
  return Prisma.sql`
    select ${column}::text as value from step_run
    where run_id = ${runId}::uuid and workspace_id = current_workspace_id() and path = ${path}
      ${attempt === undefined ? Prisma.empty : Prisma.sql`and attempt = ${attempt}`}
    order by attempt desc limit 1`;
}

async function readBlobSlice(workspaceId: string, id: string, size: number, offset: number, limit: number): Promise<Slice> {
  const blob = await openBlob(workspaceId, id);
  if (blob === null) return NOTHING;
  const parts: Uint8Array[] = [];
  let at = 0;
  for await (const part of blob.content) {
    parts.push(part.subarray(Math.max(0, offset - at), Math.max(0, offset + limit - at)));
    at += part.length;
    if (at >= offset + limit) break;
  }
  const bytes = wholeCharacters(Buffer.concat(parts), offset + limit >= size);
  const end = offset + bytes.length;
  return { text: bytes.toString("utf8"), offset, total: size, next: end < size ? end : null };
}

/** Leaves a character that is cut off at the end to the next slice. */
function wholeCharacters(bytes: Buffer, isEnd: boolean): Buffer {
  if (isEnd) return bytes;
  let start = bytes.length - 1;
  while (start > 0 && (bytes[start]! & 0xc0) === 0x80) start -= 1;
  const lead = bytes[start] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return start + length > bytes.length ? bytes.subarray(0, start) : bytes;
}

export interface StoredText {
  size: number;
  content: AsyncIterable<Uint8Array>;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** The stored text as it is read: a value in the blob store is never whole in memory. Null: there is no such value. */
export async function readText(tx: Tx, workspaceId: string, place: ValuePlace): Promise<StoredText | null> {
  const [row] = await tx.$queryRaw<{ value: string }[]>`select value from (${storedValue(place)}) stored where value is not null`;
  if (row === undefined) return null;
  const reference = readBlobReference(row.value);
  if (reference === null) return { size: Buffer.byteLength(row.value), content: once(Buffer.from(row.value)) };
  const blob = await openBlob(workspaceId, reference.id);
  return blob && { size: reference.size, content: blob.content };
}

/** Part of the place in a stored value that a JSON pointer names. */
export async function readPart(tx: Tx, workspaceId: string, { pointer, from, limit, itemCharacters, ...place }: z.output<typeof runSliceInput>): Promise<z.output<typeof runSliceSchema>> {
  const stored = await readText(tx, workspaceId, place);
  if (stored === null) return null;
  const slicer = new JsonSlicer({ pointer, from, limit, itemCharacters });
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  for await (const bytes of stored.content) {
    slicer.push(decoder.decode(bytes, { stream: true }));
    if (slicer.isDone) break;
  }
  return slicer.result();
}

/** A stored value as plain JSON, unless it is too large to be handed on; undefined: there is none. */
export async function readPlainValue(tx: Tx, workspaceId: string, place: ValuePlace, maxBytes: number): Promise<unknown> {
  const stored = await readText(tx, workspaceId, place);
  if (stored === null) return undefined;
  if (stored.size > maxBytes) throw new DomainError("too_large", { what: `${place.what} of ${place.path}`, limitBytes: maxBytes });
  const parts: Uint8Array[] = [];
  for await (const part of stored.content) parts.push(part);
  return toPlain(decodeValue(Buffer.concat(parts).toString("utf8")));
}

/** A stored value as plain JSON: what JSON cannot say becomes text or null. */
export async function plainValue(workspaceId: string, text: string | null): Promise<unknown> {
  if (text === null) return null;
  const reference = readBlobReference(text);
  const whole = reference === null ? text : await readBlobText(workspaceId, reference.id);
  return whole === null ? null : toPlain(decodeValue(whole));
}

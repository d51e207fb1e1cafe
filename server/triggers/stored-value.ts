import { readBlobText } from "@/server/blobs/service";
import { decodeValue, readBlobReference } from "@/server/expressions/decoding";

/** The value behind a stored text, wherever it is kept. */
export async function storedValue(workspaceId: string, text: string): Promise<unknown> {
  const reference = readBlobReference(text);
  return decodeValue(reference === null ? text : ((await readBlobText(workspaceId, reference.id)) ?? "null"));
}

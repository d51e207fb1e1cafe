import { describe, expect, test } from "vitest";
import { newId } from "@/server/db/id";
import { blobIdsIn } from "@/server/expressions/blob-ids";
import { encodeBlobReference, encodeValue } from "@/server/expressions/encoding";

const file = (id: string) => ({ $file: { id, name: "a.txt", mediaType: "text/plain", size: 1 } });

describe("the blobs that a stored text needs", () => {
  test("are files anywhere in it, each once", () => {
    const [first, second] = [newId(), newId()];
    expect(blobIdsIn(encodeValue({ a: [file(first), null, { b: file(second) }], c: file(first) })).toSorted()).toEqual([first, second].toSorted());
  });

  test("are the payload that lies elsewhere as a whole", () => {
    const id = newId();
    expect(blobIdsIn(encodeBlobReference({ id, size: 9 }))).toEqual([id]);
  });

  test("are none in texts that merely look so, and in what is no id", () => {
    expect(blobIdsIn(encodeValue({ text: '"$file"', file: { $file: { id: "elsewhere" } } }))).toEqual([]);
    expect(blobIdsIn(encodeValue({ a: newId() }))).toEqual([]);
  });
});

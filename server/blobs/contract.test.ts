import { describe, expect, it } from "vitest";
import { readS3Url } from "./contract";

describe("the address of a bucket", () => {
  it.each([
    ["s3://files", { bucket: "files", prefix: "", region: "us-east-1" }],
    ["s3://files/millrace/blobs/?region=eu-central-1", { bucket: "files", prefix: "millrace/blobs/", region: "eu-central-1" }],
    ["s3://files?endpoint=http://127.0.0.1:9000", { bucket: "files", prefix: "", region: "us-east-1", endpoint: "http://127.0.0.1:9000" }],
  ])("%s", (text, place) => expect(readS3Url(text)).toEqual(place));

  it.each(["https://files", "s3://", "files", "s3://key:secret@files", "s3://files?zone=1", "s3://files?endpoint=file:///etc", "s3://files#x"])("%s is none", (text) => {
    expect(readS3Url(text)).toBeNull();
  });
});

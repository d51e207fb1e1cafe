import { SignatureV4 } from "@smithy/signature-v4";
import { createHash, createHmac } from "node:crypto";
import { expect, it } from "vitest";
import { mskToken, presign } from "./msk-token";

const key = { id: "AKIAIOSFODNN7EXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };

it("signs in advance as the example of AWS does", () => {
  // "Authenticating Requests: Using Query Parameters" in the API reference of Amazon S3.
  const url = presign({ host: "examplebucket.s3.amazonaws.com", path: "/test.txt", query: {}, service: "s3", region: "us-east-1", key, expiresSeconds: 86_400, at: new Date("2013-05-24T00:00:00Z"), payloadHash: "UNSIGNED-PAYLOAD" });
  expect(url).toBe(
    "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host" +
      "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
  );
});

it("makes the token of MSK as AWS's own library signs it", async () => {
  const at = new Date("2026-11-28T04:30:00Z");
  class Sha256 {
    readonly #hash;
    constructor(secret?: string | Uint8Array) {
      this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret);
    }
    update(data: string | Uint8Array) {
      this.#hash.update(data);
    }
    digest() {
      return Promise.resolve(new Uint8Array(this.#hash.digest()));
    }
    reset() {}
  }
  const hostname = "kafka.eu-central-1.amazonaws.com";
  const signer = new SignatureV4({ service: "kafka-cluster", region: "eu-central-1", credentials: { accessKeyId: key.id, secretAccessKey: key.secret }, sha256: Sha256 as never });
  const theirs = await signer.presign({ method: "GET", protocol: "https:", hostname, path: "/", query: { Action: "kafka-cluster:Connect" }, headers: { host: hostname } }, { expiresIn: 900, signingDate: at });
  const url = new URL(Buffer.from(mskToken({ region: "eu-central-1", key, at }), "base64url").toString());
  expect(url.host).toBe(hostname);
  const { "User-Agent": agent, ...ours } = Object.fromEntries(url.searchParams);
  expect([agent, ours]).toEqual(["millrace", theirs.query]);
});

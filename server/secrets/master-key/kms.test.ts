import { randomBytes } from "node:crypto";
import fs from "node:fs";
import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { json, startLocalServer, type LocalServer } from "@/server/nodes/testing/local-server";
import { gcpKmsSource } from "./gcp-kms";
import { forgetMasterKeys, masterKeyFingerprint, masterKeyIds, masterKeyProblem, openMasterKeys, presentMasterKey } from "./keyring";
import { remoteSource } from "./reference";

const file = vi.hoisted(() => {
  const made = `${process.env.TMPDIR ?? "/tmp"}/millrace-kms-${process.pid}-${Math.random().toString(36).slice(2)}`;
  Object.assign(process.env, { MILLRACE_MASTER_KEY_FILE: made, AWS_ACCESS_KEY_ID: "AKIDTEST", AWS_SECRET_ACCESS_KEY: "test", AWS_EC2_METADATA_DISABLED: "true" });
  return made;
});

const key = randomBytes(32);
const CIPHERTEXT = Buffer.from("what the KMS made of it");
const REFUSED = { __type: "AccessDeniedException", message: "not authorized to decrypt" };

let server: LocalServer;
let answer: (url: string, response: ServerResponse) => void;
beforeAll(async () => {
  server = await startLocalServer(({ url }, response) => answer(url, response));
});
afterAll(async () => {
  await server.close();
  fs.rmSync(file, { force: true });
});
beforeEach(() => {
  server.seen.length = 0;
});

let rewritten = 0;

/** At another time than before, however fast the disk. */
function rewrite(text: string): void {
  fs.writeFileSync(file, text);
  rewritten += 1;
  fs.utimesSync(file, new Date(), new Date(Date.now() + rewritten * 10_000));
}

const PLACE = "projects/p/locations/l/keyRings/r/cryptoKeys/k";
const google = () => gcpKmsSource(PLACE, CIPHERTEXT, { kms: server.origin, metadata: `${server.origin}/token` });
const aws = () => remoteSource(`aws-kms:eu-central-1@${server.origin}:${CIPHERTEXT.toString("base64")}`);
const plaintextOf = (bytes: Buffer) => bytes.toString("base64");

/** The same for every source: it gives the key, or says which KMS did not and why. */
describe.each([
  { name: "AWS KMS", source: aws, given: (bytes: Buffer) => ({ Plaintext: plaintextOf(bytes) }), asked: { url: "/", body: { CiphertextBlob: CIPHERTEXT.toString("base64") } } },
  { name: "Google KMS", source: google, given: (bytes: Buffer) => ({ plaintext: plaintextOf(bytes) }), asked: { url: `/${PLACE}:decrypt`, body: { ciphertext: CIPHERTEXT.toString("base64") } } },
])("the master key in $name", ({ name, source, given, asked }) => {
  it("is what the KMS decrypts, asked as the machine", async () => {
    answer = (url, response) => json(response, url === "/token" ? { access_token: "machine" } : given(key));
    expect(Buffer.from(await source().read())).toEqual(key);
    const last = server.seen.at(-1)!;
    expect([last.url, JSON.parse(last.body), last.headers.authorization]).toEqual([asked.url, asked.body, expect.stringMatching(/Bearer machine|AKIDTEST.*kms/)]);
  });

  it("is missing with the reason, and without what was asked", async () => {
    answer = (url, response) => (url === "/token" ? json(response, { access_token: "machine" }) : json(response, REFUSED, 400));
    await expect(source().read()).rejects.toThrow(new RegExp(`The master key cannot be read: ${name}: .*(not authorized|answered 400)`));
    answer = (_url, response) => json(response, {});
    await expect(source().read()).rejects.toThrow("The master key cannot be read");
  });
});

describe("a key ring with a key in a KMS", () => {
  it("asks once when the process starts, and holds the key in memory", async () => {
    answer = (_url, response) => json(response, { Plaintext: plaintextOf(key) });
    const before = randomBytes(32);
    fs.writeFileSync(file, `aws-kms:eu-central-1@${server.origin}:${CIPHERTEXT.toString("base64")}\n${before.toString("base64url")}\n`);
    forgetMasterKeys();
    expect(() => presentMasterKey()).toThrow("has not been asked yet");
    await openMasterKeys();
    await openMasterKeys();
    expect([Buffer.from(presentMasterKey().key), masterKeyIds(), server.seen.length]).toEqual([key, [masterKeyFingerprint(key), masterKeyFingerprint(before)], 1]);
  });

  it("that comes into the file counts once the KMS has answered, and the keys from before go on until then", async () => {
    const [plain, later] = [randomBytes(32), randomBytes(32)];
    const ids = (...all: Buffer[]) => all.map(masterKeyFingerprint);
    let given: (() => void) | undefined;
    answer = (_url, response) => void (given = () => json(response, { Plaintext: plaintextOf(later) }));
    fs.writeFileSync(file, `${plain.toString("base64url")}\n`);
    forgetMasterKeys();
    expect(masterKeyIds()).toEqual(ids(plain));
    rewrite(`aws-kms:eu-south-1@${server.origin}:${CIPHERTEXT.toString("base64")}\n${plain.toString("base64url")}\n`);
    expect([masterKeyIds(), masterKeyProblem()]).toEqual([ids(plain), expect.stringContaining("has not been asked yet")]);
    await expect.poll(() => given).toBeDefined();
    expect(masterKeyIds()).toEqual(ids(plain));
    given!();
    await expect.poll(masterKeyIds).toEqual(ids(later, plain));
    expect(masterKeyProblem()).toBeNull();
  });

  it.each(["", "half", "gcp-kms:"])("stays as it is while the file holds %j", (text) => {
    const plain = randomBytes(32);
    fs.writeFileSync(file, `${plain.toString("base64url")}\n`);
    forgetMasterKeys();
    const { id } = presentMasterKey();
    rewrite(text);
    expect([presentMasterKey().id, masterKeyProblem()]).toEqual([id, expect.stringContaining("cannot be read")]);
    forgetMasterKeys();
    expect(() => presentMasterKey()).toThrow("cannot be read");
  });

  it("takes no key of another length, and no reference without a place or what was encrypted", async () => {
    answer = (_url, response) => json(response, { Plaintext: plaintextOf(randomBytes(16)) });
    fs.writeFileSync(file, `aws-kms:eu-west-1@${server.origin}:${CIPHERTEXT.toString("base64")}\n`);
    await expect(openMasterKeys()).rejects.toThrow("16 bytes instead of 32");
    for (const reference of ["aws-kms:eu-west-1", "gcp-kms:", "aws-kms:eu-west-1:"]) expect(() => remoteSource(reference)).toThrow("needs a place");
  });
});

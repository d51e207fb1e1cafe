import { generateKeyPairSync } from "node:crypto";
import { decodeJwt } from "jose";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { rotateWorkspaceKey } from "@/server/key-rotation/service";
import type { StoreConfig } from "@/server/secret-stores/contract";
import { makeScope } from "@/server/testing/factories";
import { deleteSecret, listSecrets, listStores, putSecret, removeStore, resolveSecrets, saveStore, testStore } from "../service";
import { KeptValues } from "./kept-values";
import { openStore } from "./open-store";
import { closeStoreHttp } from "./outbound";
import { LocalServer } from "./testing/local-server";
import { VaultServer } from "./testing/vault-server";

vi.hoisted(() => (process.env.MILLRACE_SSRF_ALLOW = "127.0.0.1"));

let vault: VaultServer;
const servers: LocalServer[] = [];
const shared = { mount: "secret", authMount: "approle" };
const byToken = (): StoreConfig => ({ kind: "vault", url: vault.local.url, ...shared });

beforeAll(async () => {
  vault = await VaultServer.start();
  servers.push(vault.local);
});
beforeEach(() => {
  vault.secrets.clear();
  vault.secrets.set("apps/shop", { password: "v4ult-value", port: 5432, nested: { a: 1 } });
  vault.secrets.set("one", { only: "single" });
  vault.secrets.set("gone", null);
});
afterEach(() => {
  vault.namespace = undefined;
  vault.sealed = false;
});
afterAll(async () => {
  await closeStoreHttp();
  await Promise.all(servers.map((server) => server.stop()));
  await closeConnections();
});

async function serve(answer: Parameters<typeof LocalServer.start>[0]): Promise<LocalServer> {
  const server = await LocalServer.start(answer);
  servers.push(server);
  return server;
}

describe("Vault", () => {
  it("gives members of KV v2 by token", async () => {
    const store = openStore(byToken(), "root-token");
    await store.check();
    expect(await store.read("apps/shop#password")).toBe("v4ult-value");
    expect(await store.read("apps/shop#port")).toBe("5432");
    expect(await store.read("one")).toBe("single");
  });

  it.each([
    ["apps/shop#absent", /has no member absent/],
    ["apps/shop#nested", /nested of apps\/shop is no text/],
    ["apps/shop", /has 3 members: name one as apps\/shop#member/],
    ["nowhere#x", /no secret\/nowhere/],
    ["gone#x", /newest version is deleted/],
  ])("says what is wrong with %s, without a value", async (ref, problem) => {
    const refused = await openStore(byToken(), "root-token").read(ref).catch((error: Error) => error);
    expect(refused).toMatchObject({ name: "StoreRefused", message: expect.stringMatching(problem) as string });
    expect((refused as Error).message).not.toContain("v4ult-value");
  });

  it("signs in by AppRole once, again when the token is gone, and within a namespace", async () => {
    vault.namespace = "team/a";
    const before = vault.logins;
    const store = openStore({ ...byToken(), roleId: "role-1", namespace: "team/a" } as StoreConfig, "secret-id-1");
    await store.check();
    expect(await store.read("one#only")).toBe("single");
    expect(vault.logins - before).toBe(1);
    vault.tokens.delete(`approle-${vault.logins}`);
    expect(await store.read("one#only")).toBe("single");
    expect(vault.logins - before).toBe(2);
    await expect(openStore({ ...byToken(), roleId: "role-1", namespace: "team/a" } as StoreConfig, "wrong").check()).rejects.toThrow(/refuses the sign-in by AppRole/);
  });

  it("tells a wrong token from a sealed server, and a server that is away", async () => {
    await expect(openStore(byToken(), "stale").check()).rejects.toThrow(/refuses the token \(403\)/);
    vault.sealed = true;
    await expect(openStore(byToken(), "root-token").check()).rejects.toThrow(/sealed/);
    await expect(openStore({ ...byToken(), url: "http://127.0.0.1:1" } as StoreConfig, "root-token").check()).rejects.toMatchObject({ name: "StoreRefused" });
  });

  it("is not asked at an address that is not allowed", async () => {
    const asked = vault.local.asked.length;
    await expect(openStore({ ...byToken(), url: vault.local.url.replace("127.0.0.1", "127.0.0.2") } as StoreConfig, "root-token").check()).rejects.toThrow(/must not be reached/);
    expect(vault.local.asked.length).toBe(asked);
  });
});

describe("AWS Secrets Manager", () => {
  it("is asked by its SDK with the given key alone", async () => {
    const aws = await serve(({ headers, body }) => {
      const target = headers["x-amz-target"];
      if (target === "secretsmanager.ListSecrets") return { status: 400, json: { __type: "AccessDeniedException", message: "no" } };
      const { SecretId } = JSON.parse(body) as { SecretId: string };
      return SecretId === "shop" ? { status: 200, json: { Name: "shop", SecretString: JSON.stringify({ password: "aws-value" }) } } : { status: 400, json: { __type: "ResourceNotFoundException", message: "can't find the specified secret" } };
    });
    const store = openStore({ kind: "aws", region: "eu-central-1", accessKeyId: "AKIDEXAMPLE", endpoint: aws.url }, "the-secret-key");
    await store.check();
    expect(await store.read("shop#password")).toBe("aws-value");
    expect(await store.read("shop")).toBe('{"password":"aws-value"}');
    await expect(store.read("none")).rejects.toThrow(/ResourceNotFoundException/);
    expect(aws.asked.at(-1)?.headers.authorization).toMatch(/Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/secretsmanager\/aws4_request/);
    await expect(openStore({ kind: "aws", region: "eu-central-1", accessKeyId: "A", endpoint: aws.url.replace("127.0.0.1", "127.0.0.2") }, "k").read("shop")).rejects.toThrow(/must not be reached/);
  });
});

describe("Google Secret Manager", () => {
  it("is asked with a token that the service account's key signs", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048, privateKeyEncoding: { type: "pkcs8", format: "pem" }, publicKeyEncoding: { type: "spki", format: "pem" } });
    const google = await serve(({ path }) => {
      if (path === "/v1/projects/acme/secrets?pageSize=1") return { status: 200, json: {} };
      return path === "/v1/projects/acme/secrets/shop/versions/latest:access" ? { status: 200, json: { payload: { data: Buffer.from("gcp-value").toString("base64") } } } : { status: 404, json: {} };
    });
    const store = openStore({ kind: "gcp", projectId: "acme", endpoint: google.url }, JSON.stringify({ type: "service_account", client_email: "ci@acme.iam", private_key: privateKey }));
    await store.check();
    expect(await store.read("shop")).toBe("gcp-value");
    await expect(store.read("shop@7")).rejects.toThrow(/has no shop@7/);
    expect(decodeJwt(String(google.asked[0]?.headers.authorization).slice(7))).toMatchObject({ iss: "ci@acme.iam", aud: "https://secretmanager.googleapis.com/" });
    const secretPart = "-----BEGIN PRIVATE KEY-----";
    const wrong = await openStore({ kind: "gcp", projectId: "acme", endpoint: google.url }, `{"type":"external_account","private_key":"${secretPart}"}`).check().catch((error: Error) => error.message);
    expect(wrong).toMatch(/whole key file/);
    expect(wrong).not.toContain(secretPart);
  });
});

describe("Azure Key Vault", () => {
  it("is asked with a token of the application", async () => {
    const azure = await serve(({ path, body, headers }) => {
      if (path === "/tenant-1/oauth2/v2.0/token") return new URLSearchParams(body).get("client_secret") === "app-secret" ? { status: 200, json: { access_token: "azure-token", expires_in: 3600 } } : { status: 401, json: { error: "invalid_client" } };
      if (headers.authorization !== "Bearer azure-token") return { status: 401, json: {} };
      return path.startsWith("/secrets/shop/?api-version=") ? { status: 200, json: { value: "azure-value" } } : path.startsWith("/secrets?") ? { status: 403, json: {} } : { status: 404, json: {} };
    });
    const config: StoreConfig = { kind: "azure", url: azure.url, authority: azure.url, tenantId: "tenant-1", clientId: "app" };
    const store = openStore(config, "app-secret");
    await store.check();
    expect(await store.read("shop")).toBe("azure-value");
    await expect(store.read("none")).rejects.toThrow(/has no none/);
    expect(azure.asked.filter(({ path }) => path.endsWith("/token"))).toHaveLength(1);
    await expect(openStore(config, "other").check()).rejects.toThrow(/refuses the sign-in of app/);
  });
});

describe("what stores answered", () => {
  it("is kept for its time, asked for once by many, and not kept when it failed", async () => {
    let [time, calls, fails] = [0, 0, true];
    const kept = new KeptValues(() => time);
    const open = () => ({ read: () => Promise.resolve(++calls).then((n) => (fails ? Promise.reject(new Error("no")) : `value ${n}`)), check: () => Promise.resolve() });
    await expect(kept.read("s 1", open, "a", 60)).rejects.toThrow("no");
    fails = false;
    expect(await Promise.all([1, 2, 3].map(() => kept.read("s 1", open, "a", 60)))).toEqual(["value 2", "value 2", "value 2"]);
    time = 59_000;
    expect(await kept.read("s 1", open, "a", 60)).toBe("value 2");
    time = 60_000;
    expect(await kept.read("s 1", open, "a", 60)).toBe("value 3");
    expect(await kept.read("s 2", open, "a", 60)).toBe("value 4");
  });
});

describe("a secret that lies in a store", () => {
  let admin: Scope;
  let storeId: string;
  const run = () => ({ workspaceId: admin.workspaceId, runId: newId() });

  beforeAll(async () => {
    admin = await makeScope("admin");
    ({ id: storeId } = await saveStore({ scope: admin }, { name: "Company Vault", config: byToken(), credential: "root-token", cacheSeconds: 0 }));
    await putSecret({ scope: admin }, { name: "SHOP", store: { storeId, ref: "apps/shop#password" } });
  });

  it("is read when a run needs it, follows the store, and is audited like others", async () => {
    expect((await resolveSecrets(run(), ["SHOP"])).values.get("SHOP")).toBe("v4ult-value");
    vault.secrets.set("apps/shop", { password: "turned" });
    const last = run();
    expect((await resolveSecrets(last, ["SHOP"])).values.get("SHOP")).toBe("turned");
    expect(await rawDb().auditEvent.findMany({ where: { action: "secret.used", actorId: last.runId } })).toMatchObject([{ resourceName: "SHOP" }]);
    expect(await listSecrets({ scope: admin })).toMatchObject([{ name: "SHOP", store: { name: "Company Vault", ref: "apps/shop#password" } }]);
  });

  it("fails with its name, its store and the reason", async () => {
    vault.sealed = true;
    await expect(resolveSecrets(run(), ["SHOP"])).rejects.toMatchObject({ code: "secret_unreadable", message: "the secret SHOP cannot be read from the store Company Vault: Vault is sealed or in maintenance (503)" });
  });

  it("is named by administrators alone", async () => {
    const builder = await makeScope("builder", admin.workspaceId);
    await expect(putSecret({ scope: builder }, { name: "MINE", store: { storeId, ref: "apps/shop#password" } })).rejects.toMatchObject({ kind: "forbidden" });
    await expect(putSecret({ scope: await makeScope("admin") }, { name: "MINE", store: { storeId, ref: "x" } })).rejects.toMatchObject({ kind: "not_found" });
  });

  it("shows no credential anywhere, and sends it to no other address", async () => {
    const shown = JSON.stringify([await listStores({ scope: admin }), await rawDb().auditEvent.findMany({ where: { workspaceId: admin.workspaceId } })]);
    expect(shown).not.toContain("root-token");
    expect(Buffer.from((await rawDb().secretStore.findUniqueOrThrow({ where: { id: storeId } })).sealed).includes("root-token")).toBe(false);
    const elsewhere: StoreConfig = { kind: "vault", url: "https://elsewhere.example.com", ...shared };
    await expect(saveStore({ scope: admin }, { storeId, name: "Company Vault", config: elsewhere, cacheSeconds: 0 })).rejects.toMatchObject({ kind: "invalid_input", data: { field: "credential" } });
  });

  it("can be tried, with one of its secrets, which is not shown", async () => {
    expect(await testStore({ scope: admin }, { storeId, ref: "apps/shop#password" })).toEqual({ ok: true, problem: null });
    expect(await testStore({ scope: admin }, { storeId, ref: "none#x" })).toMatchObject({ ok: false, problem: expect.stringContaining("no secret/none") as string });
  });

  it("opens after a new data key, and keeps its store from being removed", async () => {
    expect(await rotateWorkspaceKey({ scope: admin })).toMatchObject({ left: 0 });
    expect((await resolveSecrets(run(), ["SHOP"])).values.get("SHOP")).toBe("v4ult-value");
    await expect(removeStore({ scope: admin }, { storeId })).rejects.toMatchObject({ kind: "in_use" });
    await putSecret({ scope: admin }, { name: "SHOP", value: "here now" });
    expect((await resolveSecrets(run(), ["SHOP"])).values.get("SHOP")).toBe("here now");
    await removeStore({ scope: admin }, { storeId });
    await deleteSecret({ scope: admin }, { name: "SHOP" });
  });
});

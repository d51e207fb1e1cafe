import { connect as connectNats, credsAuthenticator, nkeys } from "@nats-io/transport-node";
import type { AuthenticationProviderArgs, SaslAuthenticateArgs } from "kafkajs";
import { connectAsync as connectMqtt } from "mqtt";
import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { closeConnections } from "@/server/db/client";
import { signIn } from "./kinds/kafka/sign-in";
import { kafkaConfig } from "./kinds/kafka/spec";
import { mqttConfig } from "./kinds/mqtt/spec";
import { checkParts } from "./settings-of";
import { hasProgram } from "./testing/brokers";
import { type Certificates, makeCertificates } from "./testing/certificates";
import { broker, listen, PATIENT, SLOW_MS, triggerOf } from "./testing/listening";

vi.hoisted(() => (process.env.MILLRACE_SSRF_ALLOW = "127.0.0.1"));

let tls: Certificates;
beforeAll(() => {
  if (hasProgram("openssl")) tls = makeCertificates();
});
afterAll(async () => {
  tls?.remove();
  await closeConnections();
});

const TLS = { tls: true, caSecret: "CA", certificateSecret: "CERTIFICATE", keySecret: "CLIENT_KEY" };
const secrets = () => ({ CA: tls.ca, CERTIFICATE: tls.client.certificate, CLIENT_KEY: tls.client.key });

describe("a certificate in the settings", () => {
  it("is for encrypted connections, and goes with its key", () => {
    const config = { host: "broker.example.com", topics: ["a"] };
    expect(mqttConfig.parse(config)).toMatchObject({ tls: false });
    for (const [given, field] of [
      [{ caSecret: "CA" }, "config.caSecret"],
      [{ tls: true, certificateSecret: "CERTIFICATE" }, "config.keySecret"],
      [{ tls: true, keySecret: "CLIENT_KEY" }, "config.certificateSecret"],
    ] as const) {
      expect(() => checkParts("mqtt", { config: { ...config, ...given }, settings: {} })).toThrow(expect.objectContaining({ data: expect.objectContaining({ field }) as unknown }) as Error);
    }
    expect(() => checkParts("mqtt", { config: { ...config, ...TLS }, settings: {} })).not.toThrow();
    expect(() => checkParts("kafka", { config: { brokers: ["a:9092"], topics: ["a"], mechanism: "oauthbearer", username: "me", secret: "KEY" }, settings: {} })).toThrow(expect.objectContaining({ data: expect.objectContaining({ field: "config.tokenUrl" }) as unknown }) as Error);
  });
});

describe.skipIf(!hasProgram("mosquitto") || !hasProgram("openssl"))("MQTT with certificates of both sides, against mosquitto (needs it and openssl)", () => {
  const mosquitto = (folder: string, port: number) => {
    const file = path.join(folder, "mosquitto.conf");
    fs.writeFileSync(file, `listener ${port} 127.0.0.1\ncafile ${tls.folder}/ca.pem\ncertfile ${tls.folder}/server.pem\nkeyfile ${tls.folder}/server.key\nrequire_certificate true\nuse_identity_as_username true\nallow_anonymous false\nuser root\n`);
    return { command: "mosquitto", args: ["-c", file] };
  };

  it("records messages of a server of an authority of one's own, as who the certificate says", async () => {
    const { port } = await broker(mosquitto);
    const trigger = await triggerOf("mqtt", { host: "127.0.0.1", port, topics: ["plant/#"], ...TLS }, undefined, secrets());
    listen("mqtt");
    await trigger.listening();
    const publisher = await connectMqtt(`mqtts://127.0.0.1:${port}`, { ca: tls.ca, cert: tls.client.certificate, key: tls.client.key });
    await publisher.publishAsync("plant/a", '{"n":1}', { qos: 1 });
    await expect.poll(trigger.bodies, PATIENT).toEqual(['{"n":1}']);
    await publisher.endAsync(true);
  }, SLOW_MS);

  it.each([
    ["without the authority", { tls: true, certificateSecret: "CERTIFICATE", keySecret: "CLIENT_KEY" }, /self.signed|unable to (?:verify|get)/],
    ["without a certificate of its own", { tls: true, caSecret: "CA" }, /certificate|closed|alert|ECONNRESET|hang up/],
    ["with one of a stranger", { ...TLS, certificateSecret: "STRANGE", keySecret: "STRANGE_KEY" }, /alert|closed|ECONNRESET|unknown ca|hang up/i],
    ["with what is none", { ...TLS, certificateSecret: "NONE" }, /cannot be used as they are in CA, NONE, CLIENT_KEY/],
  ])("does not listen %s", async (_, given, said) => {
    const { port } = await broker(mosquitto);
    const trigger = await triggerOf("mqtt", { host: "127.0.0.1", port, topics: ["plant/#"], ...given }, undefined, { ...secrets(), STRANGE: tls.stranger.certificate, STRANGE_KEY: tls.stranger.key, NONE: "no certificate" });
    listen("mqtt");
    await expect.poll(trigger.error, PATIENT).toMatchObject({ message: expect.stringMatching(said) as string });
  }, SLOW_MS);
});

describe.skipIf(!hasProgram("nats-server") || !hasProgram("openssl"))("NATS with certificates and credentials, against nats-server (needs it and openssl)", () => {
  const ofServer = (more: string) => (folder: string, port: number) => {
    const file = path.join(folder, "nats.conf");
    fs.writeFileSync(file, `listen: "127.0.0.1:${port}"\ntls { cert_file: "${tls.folder}/server.pem", key_file: "${tls.folder}/server.key", ca_file: "${tls.folder}/ca.pem", verify: true }\n${more}`);
    return { command: "nats-server", args: ["-c", file] };
  };
  const shown = () => ({ ca: tls.ca, cert: tls.client.certificate, key: tls.client.key });

  /** As `nsc` makes them: signed by the operator, the account and so on. */
  function identities() {
    const [operator, account, user] = [nkeys.createOperator(), nkeys.createAccount(), nkeys.createUser()];
    const text = (pair: nkeys.KeyPair) => new TextDecoder().decode(pair.getSeed());
    const encode = (value: unknown) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
    const tokenOf = (by: nkeys.KeyPair, of: nkeys.KeyPair, name: string, nats: object) => {
      const claims = { jti: name, iat: Math.floor(Date.now() / 1_000), iss: by.getPublicKey(), sub: of.getPublicKey(), name, nats: { version: 2, ...nats } };
      const signed = `${encode({ typ: "JWT", alg: "ed25519-nkey" })}.${encode(claims)}`;
      return `${signed}.${Buffer.from(by.sign(new TextEncoder().encode(signed))).toString("base64url")}`;
    };
    const all = { subs: -1, data: -1, payload: -1 };
    const accountToken = tokenOf(operator, account, "app", { type: "account", limits: { ...all, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 } });
    const userToken = tokenOf(account, user, "millrace", { type: "user", ...all });
    return {
      config: `operator: "${tokenOf(operator, operator, "tests", { type: "operator" })}"\nresolver: MEMORY\nresolver_preload: { ${account.getPublicKey()}: "${accountToken}" }\n`,
      credentials: `-----BEGIN NATS USER JWT-----\n${userToken}\n------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\n${text(user)}\n------END USER NKEY SEED------\n`,
    };
  }

  it("records messages as who the file of credentials says", async () => {
    const { config, credentials } = identities();
    const { port } = await broker(ofServer(config));
    const trigger = await triggerOf("nats", { host: "127.0.0.1", port, source: { type: "subject", subject: "orders" }, ...TLS, credentialsSecret: "CREDENTIALS" }, undefined, { ...secrets(), CREDENTIALS: credentials.trim() });
    listen("nats");
    await trigger.listening();
    const publisher = await connectNats({ servers: `127.0.0.1:${port}`, tls: Object.assign(shown(), { host: "127.0.0.1" }), authenticator: credsAuthenticator(new TextEncoder().encode(credentials)) });
    publisher.publish("orders", '{"n":1}');
    await publisher.flush();
    await expect.poll(trigger.bodies, PATIENT).toEqual(['{"n":1}']);
    await publisher.close();
  }, SLOW_MS);

  it("signs in by an nkey, and not by another", async () => {
    const user = nkeys.createUser();
    const { port } = await broker(ofServer(`authorization { users: [ { nkey: "${user.getPublicKey()}" } ] }\n`));
    const config = { host: "127.0.0.1", port, source: { type: "subject", subject: "orders" }, ...TLS, credentialsSecret: "SEED" };
    const seedOf = (pair: nkeys.KeyPair) => new TextDecoder().decode(pair.getSeed());
    const [known, other] = [await triggerOf("nats", config, undefined, { ...secrets(), SEED: seedOf(user) }), await triggerOf("nats", config, undefined, { ...secrets(), SEED: seedOf(nkeys.createUser()) })];
    listen("nats");
    await known.listening();
    await expect.poll(other.error, PATIENT).toMatchObject({ message: expect.stringMatching(/authorization/i) as string });
  }, SLOW_MS);
});

describe("Kafka's tokens", () => {
  it("of Amazon MSK are signed with the access key, for the region of the brokers, on encrypted connections", async () => {
    const given = { brokers: ["b-1.orders.abc123.c2.kafka.eu-central-1.amazonaws.com:9098"], topics: ["a"], mechanism: "aws-msk-iam", username: "AKID", secret: "KEY", tls: true };
    for (const [wrong, field] of [[{ tls: false }, "config.tls"], [{ brokers: ["a:9092"] }, "config.region"]] as const) {
      expect(() => checkParts("kafka", { config: { ...given, ...wrong }, settings: {} })).toThrow(expect.objectContaining({ data: expect.objectContaining({ field }) as unknown }) as Error);
    }
    expect(() => checkParts("kafka", { config: given, settings: {} })).not.toThrow();
    const options = await signIn(kafkaConfig.parse(given), { secret: () => Promise.resolve("s3cret"), signal: new AbortController().signal });
    if (options === undefined || !("authenticationProvider" in options)) throw new Error("another mechanism");
    const sent: string[] = [];
    const saslAuthenticate = async <Answer>({ request, response }: SaslAuthenticateArgs<Answer>) => {
      sent.push((await request.encode()).subarray(4).toString());
      return response?.parse(await response.decode(Buffer.alloc(4)));
    };
    await options.authenticationProvider({ host: "a", port: 9098, saslAuthenticate } as AuthenticationProviderArgs).authenticate();
    expect(options.mechanism).toBe("oauthbearer");
    const [, token = ""] = /^n,,\x01auth=Bearer ([\w-]+)\x01\x01$/.exec(sent[0]!) ?? [];
    const url = Buffer.from(token, "base64url").toString();
    expect(url).toMatch(/^https:\/\/kafka\.eu-central-1\.amazonaws\.com\/\?Action=kafka-cluster%3AConnect&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F\d{8}%2Feu-central-1%2Fkafka-cluster%2Faws4_request&.*X-Amz-Signature=[0-9a-f]{64}&User-Agent=millrace$/);
    expect(url).not.toContain("s3cret");
  });

  it("are asked for by the client's id and secret each time, and an answer without one is told by its status alone", async () => {
    const asked: { authorization: string | undefined; body: string }[] = [];
    let [status, body] = [200, '{"access_token":"t0ken","token_type":"Bearer"}'];
    const server = http.createServer((request, response) => {
      let text = "";
      request.on("data", (part: Buffer) => (text += part.toString()));
      request.on("end", () => {
        asked.push({ authorization: request.headers.authorization, body: text });
        response.writeHead(status, { "content-type": "application/json" }).end(body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
    const tokenUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
    const config = kafkaConfig.parse({ brokers: ["a:9092"], topics: ["a"], mechanism: "oauthbearer", username: "my id", secret: "KEY", tokenUrl, scope: "read" });
    const options = await signIn(config, { secret: () => Promise.resolve("s3cret&more"), signal: new AbortController().signal });
    if (options === undefined || !("authenticationProvider" in options)) throw new Error("another mechanism");
    const sent: Buffer[] = [];
    const saslAuthenticate = async <Answer>({ request, response }: SaslAuthenticateArgs<Answer>) => {
      sent.push(await request.encode());
      return response?.parse(await response.decode(Buffer.alloc(4)));
    };
    const asking = options.authenticationProvider({ host: "a", port: 9092, saslAuthenticate } as AuthenticationProviderArgs);
    await asking.authenticate();
    expect(sent.map((bytes) => [bytes.readInt32BE(), bytes.subarray(4).toString()])).toEqual([[23, "n,,\x01auth=Bearer t0ken\x01\x01"]]);
    expect(asked).toEqual([{ authorization: `Basic ${Buffer.from("my+id:s3cret%26more").toString("base64")}`, body: "grant_type=client_credentials&scope=read" }]);
    [status, body] = [401, '{"error":"no s3cret here"}'];
    await expect(asking.authenticate()).rejects.toThrow("the token server answered 401");
    [status, body] = [200, "no JSON"];
    await expect(asking.authenticate()).rejects.toThrow("the token server answered 200, but no token");
    await new Promise((resolve) => server.close(resolve));
  });
});

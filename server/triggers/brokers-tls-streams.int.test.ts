import { connect as connectAmqp, credentials } from "amqplib";
import fs from "node:fs";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import path from "node:path";
import tls from "node:tls";
import { Redis } from "ioredis";
import { Kafka, logLevel } from "kafkajs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { closeConnections } from "@/server/db/client";
import { freePort, hasProgram, kafkaJars, kafkaWith, rabbitWith } from "./testing/brokers";
import { type Certificates, makeCertificates } from "./testing/certificates";
import { broker, listen, PATIENT, SLOW_MS, triggerOf } from "./testing/listening";
import { startShop } from "./testing/shop-server";

vi.hoisted(() => (process.env.MILLRACE_SSRF_ALLOW = "127.0.0.1"));

let made: Certificates;
beforeAll(() => {
  if (hasProgram("openssl")) made = makeCertificates();
});
afterAll(async () => {
  made?.remove();
  await closeConnections();
});

const AUTHORITY = { tls: true, caSecret: "CA" };
const TLS = { ...AUTHORITY, certificateSecret: "CERTIFICATE", keySecret: "CLIENT_KEY" };
const STRANGE = { ...TLS, certificateSecret: "STRANGE", keySecret: "STRANGE_KEY" };
const secrets = () => ({ CA: made.ca, CERTIFICATE: made.client.certificate, CLIENT_KEY: made.client.key, STRANGE: made.stranger.certificate, STRANGE_KEY: made.stranger.key });
const identity = () => ({ ca: made.ca, cert: made.client.certificate, key: made.client.key });
const unknownAuthority = /self.signed|unable to (?:verify|get)/;
const refused = /certificate|alert|unknown ca/i;

/** Why it does not listen: by one of its attempts, as a connection may end before the reason is heard. */
const says = (trigger: Awaited<ReturnType<typeof triggerOf>>, reason: RegExp) => expect.poll(async () => ((await trigger.error()) as { message?: string } | null)?.message ?? "", PATIENT).toMatch(reason);

describe.skipIf(!hasProgram("redis-server") || !hasProgram("openssl"))("Redis with certificates of both sides, against redis-server (needs it and openssl)", () => {
  it("records entries of a server of an authority of one's own, and says why it does not", { timeout: SLOW_MS }, async () => {
    const { port } = await broker((folder, at) => ({
      command: "redis-server",
      args: ["--port", "0", "--tls-port", String(at), "--bind", "127.0.0.1", "--dir", folder, "--requirepass", "s3cret", "--tls-auth-clients", "yes", "--tls-cert-file", `${made.folder}/server.pem`, "--tls-key-file", `${made.folder}/server.key`, "--tls-ca-cert-file", `${made.folder}/ca.pem`],
    }));
    const of = (given: Record<string, unknown>, password = "s3cret") => triggerOf("redis", { host: "127.0.0.1", port, stream: "orders", from: "beginning", ...given }, password, secrets());
    const [right, unknown, bare, strange, nobody] = [await of(TLS), await of({ ...TLS, caSecret: undefined }), await of(AUTHORITY), await of(STRANGE), await of(TLS, "wrong")];
    listen("redis");
    await right.listening();
    const client = new Redis({ host: "127.0.0.1", port, password: "s3cret", tls: identity() });
    await client.xadd("orders", "*", "order", "1");
    await expect.poll(right.bodies, PATIENT).toEqual(['{"order":"1"}']);
    client.disconnect();
    await says(unknown, unknownAuthority);
    await says(bare, refused);
    await says(strange, refused);
    await says(nobody, /WRONGPASS/);
  });
});

describe.skipIf(!hasProgram("rabbitmq-server") || !hasProgram("openssl"))("AMQP with certificates of both sides, against RabbitMQ (needs it and openssl)", () => {
  it("records messages as who the certificate says, and says why it does not", { timeout: SLOW_MS }, async () => {
    const options = ["cacertfile = ca.pem", "certfile = server.pem", "keyfile = server.key"].map((line) => line.replace(/ = (.*)/, ` = ${made.folder}/$1`)).concat("verify = verify_peer", "fail_if_no_peer_cert = true");
    const { port } = await broker(
      rabbitWith({ plugins: ["rabbitmq_auth_mechanism_ssl"], config: (at) => ["listeners.tcp = none", `listeners.ssl.default = 127.0.0.1:${at}`, ...options.map((line) => `ssl_options.${line}`), "auth_mechanisms.1 = EXTERNAL", "ssl_cert_login_from = common_name", "default_user = millrace"] }),
      90_000,
    );
    const of = (given: Record<string, unknown>) => triggerOf("amqp", { host: "127.0.0.1", port, queue: "orders", declare: true, ...given }, undefined, secrets());
    const [right, unknown, bare, strange] = [await of(TLS), await of({ ...TLS, caSecret: undefined }), await of(AUTHORITY), await of(STRANGE)];
    listen("amqp");
    await right.listening();
    const connection = await connectAmqp({ protocol: "amqps", hostname: "127.0.0.1", port }, { ...identity(), credentials: credentials.external() });
    const channel = await connection.createConfirmChannel();
    channel.sendToQueue("orders", Buffer.from('{"n":1}'));
    await channel.waitForConfirms();
    await expect.poll(right.bodies, PATIENT).toEqual(['{"n":1}']);
    await connection.close();
    await says(unknown, unknownAuthority);
    await says(bare, refused);
    await says(strange, refused);
  });
});

describe.skipIf(!hasProgram("openssl"))("PostgreSQL with certificates of both sides (needs openssl)", () => {
  it("records notices and changes as who the certificate says, and says why it does not", { timeout: SLOW_MS }, async () => {
    const { server, shop, stop } = await startShop();
    try {
      const folder = (await shop.query<{ data_directory: string }>("show data_directory")).rows[0]!.data_directory;
      const { uid, gid } = fs.statSync(folder);
      for (const name of ["server.pem", "server.key", "ca.pem"]) {
        const file = path.join(folder, name);
        fs.copyFileSync(path.join(made.folder, name), file);
        fs.chownSync(file, uid, gid);
        fs.chmodSync(file, 0o600);
      }
      const access = path.join(folder, "pg_hba.conf");
      fs.writeFileSync(access, `hostssl all millrace 127.0.0.1/32 cert\nhost all millrace 127.0.0.1/32 reject\n${fs.readFileSync(access, "utf8")}`);
      for (const setting of ["ssl_cert_file = 'server.pem'", "ssl_key_file = 'server.key'", "ssl_ca_file = 'ca.pem'", "ssl = on"]) await shop.query(`alter system set ${setting}`);
      await shop.query("create role millrace superuser login");
      await shop.query("create table orders (id int primary key)");
      await shop.query("select pg_reload_conf()");
      await expect.poll(async () => (await shop.query<{ ssl: string }>("show ssl")).rows[0]!.ssl, PATIENT).toBe("on");
      const place = { host: "127.0.0.1", port: Number(new URL(server.url).port), username: "millrace", database: "shop" };
      const notices = (given: Record<string, unknown>) => triggerOf("postgres", { ...place, channel: "orders", ...given }, undefined, secrets());
      const changes = (given: Record<string, unknown>) => triggerOf("postgresChanges", { ...place, tables: ["public.orders"], ...given }, undefined, secrets());
      const right = [await notices(TLS), await changes(TLS)] as const;
      const wrong = await Promise.all([notices, changes].map(async (of) => [await of({ ...TLS, caSecret: undefined }), await of(AUTHORITY), await of(STRANGE), await of({ tls: false })] as const));
      listen("postgres");
      const following = listen("postgresChanges");
      for (const trigger of right) await trigger.listening();
      await shop.query(`notify orders, '{"n":1}'`);
      await shop.query("insert into orders values (1)");
      await expect.poll(right[0].bodies, PATIENT).toEqual(['{"n":1}']);
      await expect.poll(async () => (await right[1].bodies()).map((body) => (JSON.parse(body) as { operation: string; new: unknown }).new), PATIENT).toEqual([{ id: 1 }]);
      for (const [unknown, bare, strange, open] of wrong) {
        await says(unknown, unknownAuthority);
        await says(bare, refused);
        await says(strange, refused);
        await says(open, /no encryption/);
      }
      await following.stop();
    } finally {
      await stop();
    }
  });
});

describe.skipIf(kafkaJars() === null || !hasProgram("openssl"))("Kafka with certificates and ways to sign in, against a broker of its own (needs Java, the jars of Kafka and openssl)", () => {
  it("records messages as who the certificate or the token says, and says why it does not", { timeout: SLOW_MS }, async () => {
    const [certified, signedIn] = [await freePort(), await freePort()];
    const login = (name: string, options: string) => `org.apache.kafka.common.security.${name} required ${options};`;
    const { port } = await broker(
      kafkaWith({
        listeners: { CERTIFIED: certified, SIGNEDIN: signedIn },
        protocols: { CERTIFIED: "SSL", SIGNEDIN: "SASL_SSL" },
        users: ["SCRAM-SHA-256=[name=millrace,password=s3cret]", "SCRAM-SHA-512=[name=millrace,password=s3cret]"],
        config: (folder) => {
          fs.writeFileSync(path.join(folder, "keystore.pem"), ["server.key", "server.pem"].map((name) => fs.readFileSync(path.join(made.folder, name), "utf8")).join(""));
          return [
            "ssl.keystore.type=PEM",
            `ssl.keystore.location=${folder}/keystore.pem`,
            "ssl.truststore.type=PEM",
            `ssl.truststore.location=${made.folder}/ca.pem`,
            "listener.name.certified.ssl.client.auth=required",
            "listener.name.signedin.sasl.enabled.mechanisms=OAUTHBEARER,PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
            `listener.name.signedin.oauthbearer.sasl.jaas.config=${login("oauthbearer.OAuthBearerLoginModule", 'unsecuredLoginStringClaim_sub="broker"')}`,
            `listener.name.signedin.plain.sasl.jaas.config=${login("plain.PlainLoginModule", 'user_millrace="s3cret"')}`,
            ...["256", "512"].map((bits) => `listener.name.signedin.scram-sha-${bits}.sasl.jaas.config=${login("scram.ScramLoginModule", "")}`),
          ];
        },
      }),
      120_000,
    );
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const now = Math.floor(Date.now() / 1_000);
    const tokens: Record<string, string> = { "/token": `${part({ alg: "none" })}.${part({ sub: "millrace", iat: now, exp: now + 3_600 })}.`, "/old": `${part({ alg: "none" })}.${part({ sub: "millrace", iat: now - 7_200, exp: now - 3_600 })}.` };
    const giver = http.createServer((request, response) => response.setHeader("content-type", "application/json").end(JSON.stringify({ access_token: tokens[request.url ?? ""] })));
    await new Promise<void>((resolve) => giver.listen(0, "127.0.0.1", resolve));
    const tokenUrl = `http://127.0.0.1:${(giver.address() as AddressInfo).port}`;

    const kafka = new Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING, retry: { retries: 20 } });
    const [admin, producer] = [kafka.admin(), kafka.producer()];
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: "orders", numPartitions: 1 }] });
    const of = (at: number, given: Record<string, unknown>, password?: string) => triggerOf("kafka", { brokers: [`127.0.0.1:${at}`], topics: ["orders"], from: "beginning", ...given }, password, secrets());
    const user = (mechanism: string) => ({ ...AUTHORITY, mechanism, username: "millrace" });
    const right = [
      await of(certified, TLS),
      await of(signedIn, { ...user("oauthbearer"), tokenUrl: `${tokenUrl}/token` }, "s3cret"),
      ...(await Promise.all(["plain", "scram-sha-256", "scram-sha-512"].map((mechanism) => of(signedIn, user(mechanism), "s3cret")))),
    ];
    const wrong: [Awaited<ReturnType<typeof triggerOf>>, RegExp][] = [
      [await of(certified, { ...TLS, caSecret: undefined }), unknownAuthority],
      [await of(certified, AUTHORITY), refused],
      [await of(certified, STRANGE), refused],
      [await of(signedIn, { ...user("oauthbearer"), tokenUrl: `${tokenUrl}/old` }, "s3cret"), /OAUTHBEARER.*refused the token.*invalid_token/],
      ...(await Promise.all(["plain", "scram-sha-256", "scram-sha-512"].map(async (mechanism): Promise<[Awaited<ReturnType<typeof triggerOf>>, RegExp]> => [await of(signedIn, user(mechanism), "wrong"), /authentication/i]))),
    ];
    await producer.connect();
    await producer.send({ topic: "orders", messages: [{ value: '{"n":1}' }] });
    await producer.disconnect();
    await admin.disconnect();
    listen("kafka");
    for (const trigger of right) await expect.poll(trigger.bodies, PATIENT).toEqual(['{"n":1}']);
    for (const [trigger, said] of wrong) await says(trigger, said);
    await new Promise((resolve) => giver.close(resolve));
  });
});

describe.skipIf(!hasProgram("openssl"))("a server that shows a certificate for another name (needs openssl)", () => {
  /** Says what comes before the handshake, as servers of the protocol do. */
  const GREETINGS: Record<string, (socket: net.Socket, go: () => void) => void> = {
    nats: (socket, go) => (socket.write(`INFO ${JSON.stringify({ server_id: "x", version: "2.10.0", proto: 1, headers: true, max_payload: 1_048_576, tls_required: true })}\r\n`), go()),
    postgres: (socket, go) => void socket.once("data", () => (socket.write("S"), go())),
  };
  const CONFIGS: Record<string, Record<string, unknown>> = {
    amqp: { queue: "orders" },
    kafka: { topics: ["orders"] },
    mqtt: { topics: ["orders"] },
    nats: { source: { type: "subject", subject: "orders" } },
    postgres: { database: "shop", username: "me", channel: "orders" },
    postgresChanges: { database: "shop", username: "me", tables: ["public.orders"] },
    redis: { stream: "orders" },
  };

  it.each(Object.keys(CONFIGS))("is told nothing (%s)", async (kind) => {
    const told: Buffer[] = [];
    const context = tls.createSecureContext({ cert: fs.readFileSync(`${made.folder}/elsewhere.pem`), key: fs.readFileSync(`${made.folder}/elsewhere.key`) });
    const server = net.createServer((socket) => {
      socket.on("error", () => {});
      const go = () => {
        const secure = new tls.TLSSocket(socket, { isServer: true, secureContext: context });
        secure.on("error", () => {}).on("data", (bytes: Buffer) => told.push(bytes));
      };
      (GREETINGS[kind === "postgresChanges" ? "postgres" : kind] ?? ((_, now) => now()))(socket, go);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const trigger = await triggerOf(kind, { ...(kind === "kafka" ? { brokers: [`127.0.0.1:${port}`] } : { host: "127.0.0.1", port }), ...CONFIGS[kind], ...AUTHORITY }, undefined, secrets());
    const listeners = listen(kind);
    await says(trigger, /does not match certificate's altnames/);
    await listeners.stop();
    expect(Buffer.concat(told).toString()).toBe("");
    server.close();
  }, SLOW_MS);
});

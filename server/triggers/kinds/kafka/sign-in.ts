import kafkajs, { type Mechanism, type SASLOptions } from "kafkajs";
import { z } from "zod";
import { outboundHttp, secretOf } from "@/server/triggers/outbound";
import type { ListenerPorts } from "@/server/triggers/source";
import { mskToken } from "./msk-token";
import { type KafkaConfig, mskRegionOf } from "./spec";

/** Undefined: brokers ask for nothing, or for a certificate alone. */
export async function signIn(config: KafkaConfig, ports: Pick<ListenerPorts, "secret" | "signal">): Promise<SASLOptions | Mechanism | undefined> {
  const { mechanism, username = "", authorizationIdentity = "" } = config;
  if (mechanism === "none") return undefined;
  const secret = (await secretOf(ports, config.secret)) ?? "";
  switch (mechanism) {
    case "plain":
    case "scram-sha-256":
    case "scram-sha-512":
      return { mechanism, username, password: secret } as SASLOptions;
    case "aws":
      return { mechanism, authorizationIdentity, accessKeyId: username, secretAccessKey: secret };
    case "aws-msk-iam": {
      const region = mskRegionOf(config) ?? "";
      return byToken(() => Promise.resolve(mskToken({ region, key: { id: username, secret } })));
    }
    case "oauthbearer":
      // Asked for again by whoever connects or signs in anew.
      return byToken(() => tokenOf(config, { id: username, secret }, ports.signal));
  }
}

/** A broker that refuses a token says so in an answer that is none of an error (RFC 7628, 3.2.2); the library's own way of signing in takes it for a yes. */
function byToken(tokenOf: () => Promise<string>): Mechanism {
  const withLength = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const authenticationProvider: Mechanism["authenticationProvider"] = ({ saslAuthenticate }) => ({
    authenticate: async () => {
      const token = await tokenOf();
      const said = await saslAuthenticate({
        request: { encode: () => withLength(Buffer.from(`n,,\x01auth=Bearer ${token}\x01\x01`)) },
        response: { decode: (bytes) => Promise.resolve(bytes.subarray(4)), parse: (bytes) => bytes.toString("utf8") },
      });
      if (said) throw new kafkajs.KafkaJSNonRetriableError(`SASL OAUTHBEARER authentication failed: the broker refused the token: ${said}`);
    },
  });
  return { mechanism: "oauthbearer", authenticationProvider };
}

const TIMEOUT_MS = 20_000;
const MAX_BYTES = 100_000;

const tokenSchema = z.object({ access_token: z.string().min(1) });

/** By client credentials (RFC 6749, 4.4). What the server says is not told: it may hold what it was sent. */
async function tokenOf({ tokenUrl = "", scope }: KafkaConfig, client: { id: string; secret: string }, signal: AbortSignal): Promise<string> {
  const encoded = (text: string) => new URLSearchParams({ text }).toString().slice("text=".length);
  const basic = Buffer.from(`${encoded(client.id)}:${encoded(client.secret)}`).toString("base64");
  const body = new URLSearchParams({ grant_type: "client_credentials", ...(scope === undefined ? {} : { scope }) }).toString();
  const headers = { authorization: `Basic ${basic}`, "content-type": "application/x-www-form-urlencoded", accept: "application/json" };
  const answer = await outboundHttp().send({ method: "POST", url: tokenUrl, headers, body, timeoutMs: TIMEOUT_MS, maxResponseBytes: MAX_BYTES, maxRedirects: 0, signal });
  const token = answer.status === 200 ? tokenSchema.safeParse(jsonOf(answer.body)).data : undefined;
  if (token === undefined) throw new Error(`the token server answered ${answer.status}${answer.status === 200 ? ", but no token" : ""}`);
  return token.access_token;
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return null;
  }
}

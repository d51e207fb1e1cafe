import http from "node:http";
import https from "node:https";
import net from "node:net";
import tls from "node:tls";
import { env } from "@/server/env";
import { HttpFailure, type HttpClient } from "@/server/http/client";
import { createGuard, type Guard } from "@/server/http/guard";
import { createHttpClient } from "@/server/http/send";
import { StoreRefused } from "./port";

const TIMEOUT_MS = 15_000;
const ANSWER_BYTES = 1024 * 1024;

let guard: Guard | undefined;
let client: HttpClient | undefined;

/** Stores are reached through the same guard as what steps call. Made when first needed: a build has no environment. */
const storeGuard = () => (guard ??= createGuard({ allow: env.MILLRACE_SSRF_ALLOW }));
const storeHttp = () => (client ??= createHttpClient({ guard: storeGuard(), baseUrl: env.MILLRACE_URL }));

export interface Call {
  method?: "GET" | "POST";
  headers?: Record<string, string>;
  body?: string;
}

export interface Answer {
  status: number;
  /** Null: it is no JSON. */
  json: unknown;
}

/** `who` is named in errors. Redirects are not followed: the credential goes where it was meant for. */
export async function callStore(who: string, url: string, { method = "GET", headers = {}, body }: Call = {}): Promise<Answer> {
  try {
    const answer = await storeHttp().send({ method, url, headers: { accept: "application/json", ...headers }, body: body ?? null, timeoutMs: TIMEOUT_MS, maxResponseBytes: ANSWER_BYTES, maxRedirects: 0 });
    return { status: answer.status, json: parsed(answer.body) };
  } catch (error) {
    throw new StoreRefused(`${who}: ${error instanceof HttpFailure ? error.message : "no answer"}`);
  }
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return null;
  }
}

/** For an SDK that wants Node's agents. Whoever makes them destroys them. */
export function storeAgents(): { httpAgent: http.Agent; httpsAgent: https.Agent } {
  const dial = (isSecure: boolean) => ({ host, port }: { host?: string | null; port?: number | string | null }) => {
    const name = host ?? "";
    storeGuard().check(name);
    const options = { host: name, port: Number(port), lookup: storeGuard().lookup };
    return isSecure ? tls.connect({ ...options, ...(net.isIP(name) === 0 ? { servername: name } : {}) }) : net.connect(options);
  };
  const [httpAgent, httpsAgent] = [new http.Agent(), new https.Agent()];
  httpAgent.createConnection = dial(false);
  httpsAgent.createConnection = dial(true);
  return { httpAgent, httpsAgent };
}

/** For processes that end by themselves, and tests. */
export async function closeStoreHttp(): Promise<void> {
  await client?.close();
  client = undefined;
}

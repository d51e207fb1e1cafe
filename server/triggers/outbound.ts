import http from "node:http";
import https from "node:https";
import net from "node:net";
import tls from "node:tls";
import { env } from "@/server/env";
import type { HttpClient } from "@/server/http/client";
import { createGuard, type Guard } from "@/server/http/guard";
import { createHttpClient } from "@/server/http/send";
import type { NewEvent } from "@/server/triggers/new-event";
import type { TlsFields } from "@/server/triggers/remote-fields";
import type { ListenerPorts } from "@/server/triggers/source";

let guard: Guard | undefined;

/** Every socket that listeners open for users goes through the same guard as those of steps. Made when first needed: a build has no environment. */
function outboundGuard(): Guard {
  guard ??= createGuard({ allow: env.MILLRACE_SSRF_ALLOW });
  return guard;
}

let client: HttpClient | undefined;

/** HTTP calls that triggers make for users. */
export function outboundHttp(): HttpClient {
  client ??= createHttpClient({ guard: outboundGuard(), baseUrl: env.MILLRACE_URL });
  return client;
}

/** For processes that end by themselves. */
export async function closeOutboundHttp(): Promise<void> {
  await client?.close();
  client = undefined;
}

/** For sockets that look names up themselves; throws for a forbidden address. */
export function guardedLookup(host: string): Guard["lookup"] {
  outboundGuard().check(host);
  return outboundGuard().lookup;
}

/** An address of the host that may be connected to, for libraries that take nothing but an address. */
export async function addressOf(host: string): Promise<string> {
  const [first] = await outboundGuard().resolve(host);
  if (first === undefined) throw new Error(`${host} has no address`);
  return first.address;
}

/** For SDKs that want Node's agents. Whoever makes them destroys them. */
export function guardedAgents(): { httpAgent: http.Agent; httpsAgent: https.Agent } {
  const open = (isSecure: boolean) => ({ host, port }: { host?: string | null; port?: number | string | null }) => openSocket({ host: host ?? "", port: Number(port), tls: isSecure });
  const [httpAgent, httpsAgent] = [new http.Agent({ keepAlive: true }), new https.Agent({ keepAlive: true })];
  httpAgent.createConnection = open(false);
  httpsAgent.createConnection = open(true);
  return { httpAgent, httpsAgent };
}

/** What of a certificate is the trigger's own. */
export type Identity = Pick<tls.SecureContextOptions, "ca" | "cert" | "key">;

/** Null: the connection is not encrypted. Throws for what is no certificate or key, and names the secrets. */
export async function identityOf({ tls: isSecure, caSecret, certificateSecret, keySecret }: TlsFields, ports: Pick<ListenerPorts, "secret">): Promise<Identity | null> {
  if (!isSecure) return null;
  const [ca, cert, key] = await Promise.all([secretOf(ports, caSecret), secretOf(ports, certificateSecret), secretOf(ports, keySecret)]);
  const identity = { ...(ca === undefined ? {} : { ca }), ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) };
  try {
    tls.createSecureContext(identity);
  } catch (cause) {
    const names = [caSecret, certificateSecret, keySecret].filter((name) => name !== undefined).join(", ");
    throw new Error(`certificate and key cannot be used as they are in ${names}: ${(cause as Error).message}`, { cause });
  }
  return identity;
}

/** The same with the name that the server's certificate has to be for, where that is not the address itself. */
export async function tlsOptionsOf(config: TlsFields & { host: string }, ports: Pick<ListenerPorts, "secret">): Promise<(Identity & { servername?: string }) | null> {
  const identity = await identityOf(config, ports);
  return identity === null ? null : { ...identity, ...(net.isIP(config.host) === 0 ? { servername: config.host } : {}) };
}

export interface Remote {
  host: string;
  port: number;
  tls: boolean;
  identity?: Identity | null;
}

/** `onConnect` is called once bytes can be sent, with TLS when its handshake is over. */
export function openSocket({ host, port, tls: isSecure, identity }: Remote, onConnect?: () => void): net.Socket {
  const options = { host, port, lookup: guardedLookup(host) };
  if (!isSecure) return net.connect(options, onConnect);
  return tls.connect({ ...identity, ...options, ...(net.isIP(host) === 0 ? { servername: host } : {}) }, onConnect);
}

/** The value of a secret that the config names; throws when it is gone. Undefined when none is named. */
export async function secretOf(ports: Pick<ListenerPorts, "secret">, name: string | undefined): Promise<string | undefined> {
  if (name === undefined) return undefined;
  const value = await ports.secret(name);
  if (value === null) throw new Error(`the secret ${name} does not exist`);
  return value;
}

export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** A message body with the content type that it has: as said, else JSON when it is JSON, text when it is text. */
export function bodyOf(data: Uint8Array | string, contentType?: string | null): Pick<NewEvent, "body" | "contentType"> {
  if (contentType != null && contentType !== "") return { body: data, contentType };
  const text = typeof data === "string" ? data : decodeText(data);
  if (text === null) return { body: data, contentType: "application/octet-stream" };
  return { body: text, contentType: isJson(text) ? "application/json" : "text/plain; charset=utf-8" };
}

function decodeText(data: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(data);
  } catch {
    return null;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

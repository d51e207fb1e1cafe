import { z } from "zod";
import { HttpFailure, type HttpResponse } from "@/server/http/client";
import type { GithubConfig } from "@/server/triggers/kinds/github/spec";
import { outboundHttp, secretOf } from "@/server/triggers/outbound";
import { type ProviderPorts, type ProviderSubscription, type Subscribed, TryLater } from "@/server/triggers/source";

const PAGE = 100;
const TIMEOUT_MS = 20_000;
const MAX_BYTES = 4_000_000;
/** A hook that somebody removed there is made again within a day. */
const LOOK_AGAIN_SECONDS = 86_400;

const hooksSchema = z.array(z.looseObject({ id: z.number(), active: z.boolean(), events: z.array(z.string()), config: z.looseObject({ url: z.string().optional() }) }));
type Hook = z.output<typeof hooksSchema>[number];

/** Hooks of a repository or an organization by GitHub's REST API. One of our address is ours, whoever made it. */
export const githubHooks: ProviderSubscription = {
  placeOf: (config) => hooksUrl(config as GithubConfig),
  ensure: async (wanted, ports) => {
    const api = await open(wanted, ports);
    const [first, ...extra] = await api.ours();
    const body = { active: true, events: [...new Set(api.config.events)], config: { url: wanted.address, content_type: "json", secret: wanted.signingSecret, insecure_ssl: "0" } };
    const hook = first === undefined ? await api.call("POST", "", { name: "web", ...body }) : await api.call("PATCH", `/${first.id}`, body);
    for (const { id } of extra) await api.call("DELETE", `/${id}`);
    const { id } = z.looseObject({ id: z.number() }).parse(JSON.parse(Buffer.from(hook.body).toString("utf8")));
    return { renewInSeconds: LOOK_AGAIN_SECONDS, details: { hookId: id } };
  },
  remove: async (unwanted, ports) => {
    const api = await open(unwanted, ports);
    // A repository that is not there has no hooks; of one that this token may not see any more nothing can be taken away.
    const ours = await api.ours().catch((error: unknown) => {
      if (error instanceof NotThere) return [];
      throw error;
    });
    for (const { id } of ours) await api.call("DELETE", `/${id}`);
  },
};

class NotThere extends Error {}

function hooksUrl({ baseUrl, target }: GithubConfig): string {
  const owner = target.type === "repository" ? `repos/${encodeURIComponent(target.owner)}/${encodeURIComponent(target.repository)}` : `orgs/${encodeURIComponent(target.organization)}`;
  return `${baseUrl.replace(/\/+$/, "")}/${owner}/hooks`;
}

async function open({ config: given, address }: Subscribed, ports: ProviderPorts) {
  const config = given as GithubConfig;
  const token = await secretOf(ports, config.secret);
  const call = async (method: string, path: string, body?: unknown): Promise<HttpResponse> => {
    const answer = await outboundHttp().send({
      method,
      url: `${hooksUrl(config)}${path}`,
      headers: { authorization: `Bearer ${token}`, accept: "application/vnd.github+json", "x-github-api-version": "2022-11-28", ...(body === undefined ? {} : { "content-type": "application/json" }) },
      body: body === undefined ? null : JSON.stringify(body),
      timeoutMs: TIMEOUT_MS,
      maxResponseBytes: MAX_BYTES,
      maxRedirects: 3,
      signal: ports.signal,
    }).catch((error: unknown) => {
      throw error instanceof HttpFailure ? new Error(`GitHub was not reached: ${error.message}`, { cause: error }) : error;
    });
    // What is to go and is gone is as wanted.
    if (answer.status < 300 || (method === "DELETE" && answer.status === 404)) return answer;
    throw refusalOf(answer, config);
  };
  const ours = async (): Promise<Hook[]> => {
    const found: Hook[] = [];
    for (let page = 1; ; page++) {
      const { body } = await call("GET", `?per_page=${PAGE}&page=${page}`);
      const hooks = hooksSchema.parse(JSON.parse(Buffer.from(body).toString("utf8")));
      found.push(...hooks.filter(({ config: { url } }) => url === address));
      if (hooks.length < PAGE) return found;
    }
  };
  return { config, call, ours };
}

function refusalOf({ status, headers, body }: HttpResponse, { target }: GithubConfig): Error {
  const said = messageOf(Buffer.from(body).toString("utf8"));
  const wait = Number(headers["retry-after"] ?? (headers["x-ratelimit-remaining"] === "0" ? Number(headers["x-ratelimit-reset"]) - Date.now() / 1_000 : NaN));
  if ((status === 403 || status === 429) && Number.isFinite(wait)) return new TryLater(`GitHub asks to wait: ${said}`, Math.max(1, Math.ceil(wait)));
  if (status === 401) return new Error(`GitHub does not take the token: ${said}`);
  const name = target.type === "repository" ? `the repository ${target.owner}/${target.repository}` : `the organization ${target.organization}`;
  if (status === 404) return new NotThere(`GitHub shows ${name} to nobody with this token, or does not let it administer hooks there`);
  return new Error(`GitHub refuses the hook of ${name} (${status}): ${said}`);
}

function messageOf(text: string): string {
  const parsed = z.looseObject({ message: z.string(), errors: z.array(z.looseObject({ message: z.string().optional() })).optional() }).safeParse(safeJson(text));
  if (!parsed.success) return text.slice(0, 200);
  return [parsed.data.message, ...(parsed.data.errors ?? []).flatMap(({ message }) => message ?? [])].join(": ");
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

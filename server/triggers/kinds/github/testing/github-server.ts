import { createHmac } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";

interface Hook {
  id: number;
  name: string;
  active: boolean;
  events: string[];
  config: { url: string; content_type: string; secret?: string; insecure_ssl: string };
}

const PLACE = /^\/(repos\/[^/]+\/[^/]+|orgs\/[^/]+)\/hooks(?:\/(\d+))?(\/pings)?$/;

/** Hooks as GitHub's REST API documents them: creation, listing by pages, change, deletion, pings, and what it says when it refuses. */
export class GithubServer {
  /** By repository or organization, as `repos/acme/shop`. */
  readonly hooks = new Map<string, Hook[]>();
  readonly calls: string[] = [];
  /** Answers instead of the next calls. */
  readonly failures: { status: number; headers?: Record<string, string>; body: unknown }[] = [];
  #nextId = 1;

  private constructor(
    private readonly server: http.Server,
    readonly token: string,
  ) {}

  static async start(token: string, places: readonly string[]): Promise<GithubServer> {
    const server = http.createServer((request, response) => void github.#answer(request, response));
    const github = new GithubServer(server, token);
    for (const place of places) github.hooks.set(place, []);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return github;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** As GitHub sends an event of a hook. */
  delivery({ config, id }: Hook, event: string, delivery: string, payload: unknown): Request {
    const body = JSON.stringify(payload);
    const signature = createHmac("sha256", config.secret ?? "").update(body).digest("hex");
    const headers = { "content-type": "application/json", "user-agent": "GitHub-Hookshot/test", "x-github-event": event, "x-github-delivery": delivery, "x-github-hook-id": String(id), "x-hub-signature-256": `sha256=${signature}` };
    return new Request(config.url, { method: "POST", body, headers });
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const url = new URL(request.url ?? "/", this.url);
    this.calls.push(`${request.method} ${url.pathname}`);
    const { status, body = null, headers = {} } = this.failures.shift() ?? this.#decide(request, url, text);
    // The secret is never shown again.
    const shown = JSON.stringify(body, (key, value: unknown) => (key === "secret" ? "********" : value));
    response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers }).end(status === 204 ? undefined : shown);
  }

  #decide(request: http.IncomingMessage, url: URL, text: string): { status: number; body?: unknown; headers?: Record<string, string> } {
    if (request.headers["user-agent"] === undefined) return { status: 403, body: { message: "Request forbidden by administrative rules." } };
    if (request.headers.authorization !== `Bearer ${this.token}`) return { status: 401, body: { message: "Bad credentials" } };
    const [, place = "", id, pings] = PLACE.exec(url.pathname) ?? [];
    const hooks = this.hooks.get(place);
    if (hooks === undefined) return { status: 404, body: { message: "Not Found" } };
    if (id === undefined) return request.method === "POST" ? this.#create(hooks, JSON.parse(text)) : this.#list(hooks, url);
    const hook = hooks.find((one) => one.id === Number(id));
    if (hook === undefined) return { status: 404, body: { message: "Not Found" } };
    if (pings !== undefined) return { status: 204 };
    if (request.method === "DELETE") {
      hooks.splice(hooks.indexOf(hook), 1);
      return { status: 204 };
    }
    const { config, ...rest } = JSON.parse(text) as Partial<Hook>;
    // A change without the secret takes the secret away.
    Object.assign(hook, rest, config === undefined ? {} : { config });
    return { status: 200, body: hook };
  }

  #list(hooks: Hook[], url: URL) {
    const [size, page] = [Number(url.searchParams.get("per_page") ?? 30), Number(url.searchParams.get("page") ?? 1)];
    return { status: 200, body: hooks.slice((page - 1) * size, page * size) };
  }

  #create(hooks: Hook[], given: Partial<Hook>) {
    if (given.name !== "web") return { status: 422, body: { message: "Validation Failed", errors: [{ message: "name must be web" }] } };
    if (given.config?.url === undefined) return { status: 422, body: { message: "Validation Failed", errors: [{ message: "Config must contain URL for webhooks" }] } };
    const isSame = (one: Hook) => one.config.url === given.config?.url && [...one.events].sort().join() === [...(given.events ?? [])].sort().join();
    if (hooks.some(isSame)) return { status: 422, body: { message: "Validation Failed", errors: [{ message: "Hook already exists on this repository" }] } };
    const hook = { id: this.#nextId++, name: "web", active: given.active ?? true, events: given.events ?? ["push"], config: given.config };
    hooks.push(hook);
    return { status: 201, body: hook };
  }
}

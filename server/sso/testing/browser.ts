import { env } from "@/server/env";
import { handleSso } from "../service";

/** As much of a browser as signing in needs: it follows redirects and keeps cookies, each for its own origin. */
export class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();

  /** Every address that was asked for, in turn. */
  readonly visited: string[] = [];

  /** Follows redirects until `stop` says so, or there are none; answers the last address. */
  async go(address: string, stop: (url: URL) => boolean = () => false, init: RequestInit = {}): Promise<URL> {
    let url = new URL(address, env.MILLRACE_URL);
    let next: RequestInit = init;
    for (let hops = 0; hops < 20; hops++) {
      if (stop(url)) return url;
      this.visited.push(url.href);
      const location = (await this.#ask(url, next)).headers.get("location");
      if (location === null) return url;
      url = new URL(location, url);
      next = {};
      if (url.origin === new URL(env.MILLRACE_URL).origin && !url.pathname.startsWith("/api/sso/")) return url;
    }
    throw new Error(`too many redirects, the last to ${url.href}`);
  }

  cookie(name: string): string | undefined {
    return this.#jar(new URL(env.MILLRACE_URL).origin).get(name);
  }

  setCookie(name: string, value: string): void {
    this.#jar(new URL(env.MILLRACE_URL).origin).set(name, value);
  }

  async #ask(url: URL, init: RequestInit): Promise<Response> {
    const jar = this.#jar(url.origin);
    const headers = new Headers(init.headers);
    // A form that another site posts brings no cookies.
    if (jar.size > 0 && init.method !== "POST") headers.set("cookie", [...jar].map(([name, value]) => `${name}=${value}`).join("; "));
    const request = new Request(url, { ...init, headers, redirect: "manual" });
    const [connection = "", step = ""] = url.pathname.split("/").slice(3);
    const answer = url.origin === new URL(env.MILLRACE_URL).origin ? await handleSso(request, connection, step) : await fetch(request);
    for (const cookie of answer.headers.getSetCookie()) {
      const [name, ...value] = cookie.split(";")[0]!.split("=");
      if (/max-age=0/i.test(cookie)) jar.delete(name!);
      else jar.set(name!, value.join("="));
    }
    return answer;
  }

  #jar(origin: string): Map<string, string> {
    if (!this.#cookies.has(origin)) this.#cookies.set(origin, new Map());
    return this.#cookies.get(origin)!;
  }
}

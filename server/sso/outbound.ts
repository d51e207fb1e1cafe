import { env } from "@/server/env";
import type { HttpClient } from "@/server/http/client";
import { createGuard } from "@/server/http/guard";
import { createHttpClient } from "@/server/http/send";

let http: HttpClient | undefined;

/** Every socket that is opened to a provider goes through it. Made when first needed: a build has no environment. */
export function providerHttp(): HttpClient {
  return (http ??= createHttpClient({ guard: createGuard({ allow: env.MILLRACE_SSRF_ALLOW }), baseUrl: env.MILLRACE_URL }));
}

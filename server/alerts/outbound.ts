import { env } from "@/server/env";
import { createGuard, type Guard } from "@/server/http/guard";
import type { HttpClient } from "@/server/http/client";
import { createHttpClient } from "@/server/http/send";

let guard: Guard | undefined;
let http: HttpClient | undefined;

/** Every socket that is opened for a channel goes through it. Made when first needed: a build has no environment. */
export function alertGuard(): Guard {
  return (guard ??= createGuard({ allow: env.MILLRACE_SSRF_ALLOW }));
}

export function alertHttp(): HttpClient {
  return (http ??= createHttpClient({ guard: alertGuard(), baseUrl: env.MILLRACE_URL }));
}

export async function closeAlertHttp(): Promise<void> {
  await http?.close();
  http = undefined;
}

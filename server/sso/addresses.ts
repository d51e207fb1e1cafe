import { env } from "@/server/env";

/** Every connection has addresses of its own, so that an answer of one provider is never taken for that of another. */
export function addressesOf(connectionId: string) {
  const base = new URL(`/api/sso/${connectionId}`, env.MILLRACE_URL).href;
  return { start: `${base}/start`, test: `${base}/test`, callback: `${base}/callback`, acs: `${base}/acs`, finish: `${base}/finish`, metadata: `${base}/metadata` };
}

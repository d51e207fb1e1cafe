import { createHash, timingSafeEqual } from "node:crypto";
import { env } from "@/server/env";
import { fireSchedules } from "@/server/triggers/service";
import { tickSometimes } from "./tick";

/**
 * `POST` or `GET /api/cron` with `Authorization: Bearer CRON_SECRET`, wherever it runs: fires what is due and, once a minute, keeps house.
 * `?part=schedules` and `?part=house` do one of both, so that nobody who fires slots waits for the house.
 */
export async function cronResponse(request: Request): Promise<Response> {
  if (!isAuthorized(request.headers.get("authorization"))) {
    return Response.json({ type: "urn:millrace:problem:unauthenticated", title: "Not signed in", status: 401, detail: "Send CRON_SECRET as a bearer token." }, { status: 401, headers: { "content-type": "application/problem+json", "www-authenticate": "Bearer" } });
  }
  const part = new URL(request.url).searchParams.get("part");
  if (part !== null && !PARTS.includes(part)) return Response.json({ type: "urn:millrace:problem:invalid_input", title: "Invalid input", status: 400, detail: `part must be one of ${PARTS.join(", ")}` }, { status: 400, headers: { "content-type": "application/problem+json" } });
  const [schedules, report] = await Promise.all([part === "house" ? null : fireSchedules(), part === "schedules" ? null : tickSometimes()]);
  return Response.json({ schedules, ticked: report !== null, report }, { headers: { "cache-control": "no-store" } });
}

const PARTS = ["schedules", "house"];

/** Digests have one length, so that the comparison tells nothing about the secret. */
function isAuthorized(header: string | null): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(header ?? ""), digest(`Bearer ${env.CRON_SECRET}`));
}

import { createHash, timingSafeEqual } from "node:crypto";
import { env } from "@/server/env";
import { fireSchedules } from "@/server/triggers/service";
import { tickSometimes } from "./tick";

/** `POST` or `GET /api/cron` with `Authorization: Bearer CRON_SECRET`, wherever it runs. */
export async function cronResponse(request: Request): Promise<Response> {
  if (!isAuthorized(request.headers.get("authorization"))) {
    return Response.json({ type: "urn:millrace:problem:unauthenticated", title: "Not signed in", status: 401, detail: "Send CRON_SECRET as a bearer token." }, { status: 401, headers: { "content-type": "application/problem+json", "www-authenticate": "Bearer" } });
  }
  const schedules = await fireSchedules();
  const report = await tickSometimes();
  return Response.json({ schedules, ticked: report !== null, report }, { headers: { "cache-control": "no-store" } });
}

/** Digests have one length, so that the comparison tells nothing about the secret. */
function isAuthorized(header: string | null): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(header ?? ""), digest(`Bearer ${env.CRON_SECRET}`));
}

import { ensureFirstAdmin, showFirstRun } from "@/server/auth/first-admin";
import { env } from "@/server/env";
import { localWebUrl, untilHealthy } from "@/server/supervisor/web-request";

const left = new AbortController();
process.once("disconnect", () => left.abort());

const created = await ensureFirstAdmin();
process.send?.({ signInUrl: created?.signInUrl ?? null });
// The supervisor goes on meanwhile; the example is a plain run that the workers take.
if (created !== null && (await untilHealthy(localWebUrl(env.HOST, env.PORT), left.signal))) await showFirstRun();
process.exit(0);

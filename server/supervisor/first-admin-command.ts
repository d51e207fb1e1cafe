import { ensureFirstAdmin, showFirstRun } from "@/server/auth/first-admin";
import { env } from "@/server/env";
import { complain } from "@/server/supervisor/say";
import { localWebUrl, untilHealthy } from "@/server/supervisor/web-request";

const created = await ensureFirstAdmin();
// Before the link is told: whoever follows it finds the run. The example reads pages, so they have to be served.
if (created !== null && (await untilHealthy(localWebUrl(env.HOST, env.PORT)))) {
  await showFirstRun().catch((error: unknown) => complain(`The example could not be run: ${(error as Error).message}`));
}
process.send?.({ signInUrl: created?.signInUrl ?? null }, () => process.exit(0));

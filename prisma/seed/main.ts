import "@/server/dot-env";
import { createSignInLinkFor } from "@/server/auth/sign-in-links";
import { closeLiveHub } from "@/server/live/hub";
import { serveSamples } from "@/server/examples/serve";
import { openLocalScope, withInstallation } from "@/server/cli/installation";
import { SCENARIOS } from "./scenarios";

/** `npm run seed <scenario>`: makes it in the installation of this folder or of DATABASE_URL, and prints where to look. */
const name = process.argv[2] ?? "";
const scenario = Object.entries(SCENARIOS).find(([known]) => known === name)?.[1];

if (scenario === undefined) {
  console.error(`Which scenario?\n${Object.entries(SCENARIOS).map(([known, { summary }]) => `  npm run seed ${known.padEnd(10)} ${summary}`).join("\n")}`);
  process.exitCode = 2;
} else {
  const publicUrl = process.env.MILLRACE_URL ?? `http://${process.env.HOST ?? "127.0.0.1"}:${process.env.PORT ?? 3000}`;
  // The examples read sample pages of the installation, which may not run now: this process serves them meanwhile.
  const samples = await serveSamples();
  process.env.MILLRACE_URL = samples.baseUrl;
  await withInstallation(process.env, async () => {
    const scope = await openLocalScope(undefined);
    const page = await scenario.make(scope);
    const link = new URL(await createSignInLinkFor(undefined));
    console.log(`Look at ${publicUrl}${page}`);
    console.log(`Sign in with ${publicUrl}${link.pathname}${link.search}`);
    await closeLiveHub();
  });
  await samples.close();
}

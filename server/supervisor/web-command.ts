// npm run start:web: the built web process alone, for installations with a database and workers elsewhere.
import "@/server/dot-env";
import fs from "node:fs";
import { pathToFileURL } from "node:url";
import { env, requireValidEnvironment } from "@/server/env";
import { builtServer } from "@/server/supervisor/build";
import { projectRoot } from "@/server/supervisor/local-environment";
import { KEEP_ALIVE_TIMEOUT } from "@/server/supervisor/keep-alive";
import { complain } from "@/server/supervisor/say";

requireValidEnvironment();
const server = builtServer(projectRoot);
if (!fs.existsSync(server)) {
  complain("There is no build. Run npm run build first.");
  process.exit(1);
}
process.env.HOSTNAME = env.HOST;
process.env.KEEP_ALIVE_TIMEOUT ??= KEEP_ALIVE_TIMEOUT;
process.env.NEXTAUTH_URL = env.MILLRACE_URL;
await import(pathToFileURL(server).href);

// npm start, npm run dev
import "@/server/dot-env";
import { EnvironmentError } from "@/server/env";
import { EmbeddedPostgresError } from "@/server/postgres/binaries";
import { MigrationError } from "@/server/postgres/migrate";
import { complain, say } from "@/server/supervisor/say";
import { StartError } from "@/server/supervisor/start-error";
import { Supervisor } from "@/server/supervisor/supervisor";

const dev = process.argv.includes("--dev");
const source: NodeJS.ProcessEnv = { ...process.env, NODE_ENV: dev ? "development" : "production" };
const supervisor = new Supervisor(dev ? "dev" : "start", source);
/** One Ctrl-C arrives twice under npm: from the terminal, and passed on by npm. */
const SAME_SIGNAL_MS = 1000;
let stoppingSince: number | undefined;

async function onSignal(signal: "SIGINT" | "SIGTERM" | "SIGHUP"): Promise<void> {
  if (stoppingSince === undefined) {
    stoppingSince = performance.now();
    say("Stopping. Running steps get their grace time; press Ctrl-C again to cut it short.");
    await supervisor.stop();
    process.exit(0);
  }
  if (signal === "SIGINT" && performance.now() - stoppingSince > SAME_SIGNAL_MS) supervisor.kill();
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void onSignal(signal));

const OPERATIONAL = [EnvironmentError, EmbeddedPostgresError, MigrationError, StartError];

try {
  await supervisor.start();
} catch (error) {
  if (stoppingSince === undefined) {
    const { message, stack } = error as Error;
    complain(OPERATIONAL.some((kind) => error instanceof kind) ? message : (stack ?? message));
    await supervisor.stop();
    process.exit(1);
  }
}

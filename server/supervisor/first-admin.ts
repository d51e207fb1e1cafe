import { fork } from "node:child_process";
import path from "node:path";
import { z } from "zod";
import { DIE_WITH_PARENT } from "@/server/supervisor/child";
import { projectRoot } from "@/server/supervisor/local-environment";

export const firstAdminMessage = z.object({ signInUrl: z.string().nullable() });

const GRACE_MS = 5000;
const COMMAND = path.join(import.meta.dirname, "first-admin-command.ts");

/**
 * The one-time sign-in link of the first administrator, or null once somebody has signed in. Made in a process of its
 * own, so that the supervisor holds no database connections.
 */
export function firstSignInUrl(variables: NodeJS.ProcessEnv): Promise<string | null> {
  const child = fork(COMMAND, [], {
    cwd: projectRoot,
    env: { ...variables, MILLRACE_STOP_MS: String(GRACE_MS) },
    execArgv: ["--import", DIE_WITH_PARENT, "--import", "tsx"],
    detached: true,
  });
  return new Promise((resolve, reject) => {
    child.once("message", (message) => resolve(firstAdminMessage.parse(message).signInUrl));
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`Preparing the first administrator ended with code ${code}.`)));
  });
}

import { fork } from "node:child_process";
import path from "node:path";
import { z } from "zod";
import { DIE_WITH_PARENT } from "@/server/supervisor/child";
import { projectRoot } from "@/server/supervisor/local-environment";

export const firstAdminMessage = z.object({ signInUrl: z.string().nullable() });

const GRACE_MS = 5000;
const COMMAND = path.join(import.meta.dirname, "first-admin-command.ts");

export interface FirstAdmin {
  /** The one-time sign-in link, or null once somebody has signed in. */
  readonly signInUrl: Promise<string | null>;
  /** Resolves when the process has ended. What it was about to show is shown by the next start. */
  stop(): Promise<void>;
}

/** Prepares the first administrator in a process of its own, so that the supervisor holds no database connections. */
export function prepareFirstAdmin(variables: NodeJS.ProcessEnv): FirstAdmin {
  const child = fork(COMMAND, [], {
    cwd: projectRoot,
    env: { ...variables, MILLRACE_STOP_MS: String(GRACE_MS) },
    execArgv: ["--import", DIE_WITH_PARENT, "--import", "tsx"],
    detached: true,
  });
  const signInUrl = new Promise<string | null>((resolve, reject) => {
    child.once("message", (message) => resolve(firstAdminMessage.parse(message).signInUrl));
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`Preparing the first administrator ended with code ${code}.`)));
  });
  // Whoever asks for it hears of it; when the start is broken off, nobody does.
  signInUrl.catch(() => {});
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  return {
    signInUrl,
    stop: () => {
      child.kill("SIGKILL");
      return ended;
    },
  };
}

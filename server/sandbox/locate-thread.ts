import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const THREAD_FILE = "server/sandbox/thread/main.mjs";

/**
 * The thread's script. Under tsx and in tests it lies beside this file. The built web server bundles this module away from
 * its neighbours; there the folder is traced into the output (see `outputFileTracingIncludes`) below the working directory.
 */
export function locateThread(): string {
  const candidates = [besideThisFile(), path.join(process.cwd(), THREAD_FILE)];
  const found = candidates.find((candidate) => candidate !== null && existsSync(candidate));
  if (!found) throw new Error(`the sandbox's thread script ${THREAD_FILE} is missing below ${process.cwd()}`);
  return found;
}

function besideThisFile(): string | null {
  const { url } = import.meta;
  return url.startsWith("file:") ? path.join(path.dirname(fileURLToPath(url)), "thread", "main.mjs") : null;
}

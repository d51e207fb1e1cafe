import fs from "node:fs";
import path from "node:path";

/** What is set already stays. The first import of every command that works on an installation: so all of them work on the same one. */
export function loadDotEnv(folder: string): void {
  const file = path.join(folder, ".env");
  if (fs.existsSync(file)) process.loadEnvFile(file);
}

loadDotEnv(path.resolve(import.meta.dirname, ".."));

import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { z } from "zod";
import { StartError } from "./start-error";
import { syncToDisk } from "./sync-to-disk";

const keysSchema = z.object({ MILLRACE_MASTER_KEY: z.string(), MILLRACE_MASTER_KEY_PREVIOUS: z.string().optional(), NEXTAUTH_SECRET: z.string(), CRON_SECRET: z.string() });

export type GeneratedKeys = z.infer<typeof keysSchema>;

const newKey = () => crypto.randomBytes(32).toString("base64url");

/** The keys of this installation, made at its first start. Only their owner may read them. */
export function generatedKeys(dataFolder: string): GeneratedKeys {
  const file = path.join(dataFolder, "keys.json");
  if (!fs.existsSync(file)) {
    fs.mkdirSync(dataFolder, { recursive: true });
    const keys: GeneratedKeys = { MILLRACE_MASTER_KEY: newKey(), NEXTAUTH_SECRET: newKey(), CRON_SECRET: newKey() };
    const fresh = writeFresh(file, keys);
    try {
      fs.linkSync(fresh, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    } finally {
      fs.rmSync(fresh);
    }
    syncToDisk(dataFolder);
  }
  try {
    return keysSchema.parse(JSON.parse(fs.readFileSync(file, "utf8")));
  } catch (error) {
    throw new StartError(`${file} does not hold the keys of this installation any more (${error instanceof SyntaxError ? error.message : "keys are missing"}). Put back a copy of it: without its master key no secret can be read.`, { cause: error });
  }
}

/** A power cut must not leave secrets in the database whose key has never reached the disk. */
function writeFresh(file: string, keys: GeneratedKeys): string {
  const fresh = `${file}.${process.pid}`;
  fs.writeFileSync(fresh, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600, flush: true });
  return fresh;
}

/** Another master key; those so far still open what is under them. */
export function replaceGeneratedMasterKey(dataFolder: string): void {
  const { MILLRACE_MASTER_KEY, MILLRACE_MASTER_KEY_PREVIOUS, ...others } = generatedKeys(dataFolder);
  const previous = [MILLRACE_MASTER_KEY, MILLRACE_MASTER_KEY_PREVIOUS].filter((key) => key !== undefined).join(",");
  const keys: GeneratedKeys = { MILLRACE_MASTER_KEY: newKey(), MILLRACE_MASTER_KEY_PREVIOUS: previous, ...others };
  const file = path.join(dataFolder, "keys.json");
  fs.renameSync(writeFresh(file, keys), file);
  syncToDisk(dataFolder);
}

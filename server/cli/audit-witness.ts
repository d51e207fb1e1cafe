import { renameSync, writeFileSync, existsSync } from "node:fs";
import { z } from "zod";
import { CommandError, EXIT } from "./exit-codes";
import { readTextFile } from "./files";

const witnessSchema = z.object({
  millrace: z.literal("audit witness"),
  /** Fingerprint of what signs the ends; null: nothing did yet. */
  key: z.string().nullable(),
  /** By the organization's id, or the word for the installation's own. */
  chains: z.record(z.string(), z.object({ name: z.string(), seq: z.int().min(0), hash: z.string().regex(/^[0-9a-f]{64}$/), at: z.iso.datetime() })),
});
export type Witness = z.output<typeof witnessSchema>;

export const INSTALLATION = "installation";

/** A file that is not there yet knows nothing. */
export function readWitness(file: string): Witness | null {
  if (!existsSync(file)) return null;
  try {
    return witnessSchema.parse(JSON.parse(readTextFile(file)));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(EXIT.badInput, `${file} is no witness of the audit log: ${error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message}`);
  }
}

/** All of it or nothing: half a witness would know less than before. */
export function writeWitness(file: string, witness: Witness): void {
  const partial = `${file}.tmp`;
  try {
    writeFileSync(partial, `${JSON.stringify(witness, null, 2)}\n`, { mode: 0o600 });
    renameSync(partial, file);
  } catch (error) {
    throw new CommandError(EXIT.badInput, `${file} cannot be written: ${(error as Error).message}`);
  }
}

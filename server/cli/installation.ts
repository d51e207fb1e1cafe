import path from "node:path";
import { startEmbeddedPostgres } from "@/server/postgres/embedded";
import { migrate } from "@/server/postgres/migrate";
import { dataFolderOf, localEnvironment } from "@/server/supervisor/local-environment";
import { whenInterrupted } from "./interrupts";
import { CommandError, EXIT } from "./exit-codes";

type Source = NodeJS.ProcessEnv;

export interface Installation {
  /** Of the database. */
  url: string;
  dataFolder: string;
  close(): Promise<void>;
}

/**
 * The database of this installation: the one of DATABASE_URL, or the embedded one of the data folder, which is started when it
 * does not run and shared when it does.
 */
export async function openDatabase(source: Source): Promise<Installation> {
  const dataFolder = dataFolderOf(source);
  const given = source.DATABASE_DIRECT_URL || source.DATABASE_URL;
  if (given) return { url: given, dataFolder, close: async () => {} };
  // It may be interrupted while it starts.
  const starting = startEmbeddedPostgres({ dataFolder });
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= starting.then((server) => server.stop()));
  const isStopped = whenInterrupted(stop);
  try {
    const { url } = await starting;
    return { url, dataFolder, close: () => stop().finally(isStopped) };
  } catch (error) {
    isStopped();
    throw new CommandError(EXIT.connection, `The database in ${path.relative(process.cwd(), dataFolder) || "."} cannot be started: ${(error as Error).message}`);
  }
}

/** The whole installation for code of the server: environment, keys and a migrated database. */
export async function openInstallation(source: Source): Promise<Installation> {
  const database = await openDatabase(source);
  try {
    Object.assign(source, localEnvironment(source, source.DATABASE_URL || database.url).variables);
    await migrate(database.url);
    const { openMasterKeys } = await import("@/server/secrets/service");
    await openMasterKeys();
  } catch (error) {
    await database.close();
    throw new CommandError(EXIT.connection, (error as Error).message);
  }
  return {
    ...database,
    close: async () => {
      const { closeConnections } = await import("@/server/db/client");
      await closeConnections();
      await database.close();
    },
  };
}

export async function withInstallation<Result>(source: Source, work: (installation: Installation) => Promise<Result>): Promise<Result> {
  const installation = await openInstallation(source);
  try {
    return await work(installation);
  } finally {
    await installation.close();
  }
}

/** The scope in which the commands work: the workspace named, or the first one, made on the first use. */
export async function openLocalScope(slug: string | undefined) {
  const { rawDb } = await import("@/server/db/client");
  const { openSystemScope } = await import("@/server/auth/scope");
  const { ensureFirstWorkspace } = await import("@/server/auth/first-admin");
  await ensureFirstWorkspace();
  const workspace = await rawDb().workspace.findFirst({ where: { deletedAt: null, ...(slug === undefined ? {} : { slug }) }, orderBy: { createdAt: "asc" } });
  if (workspace === null) throw new CommandError(EXIT.badInput, `There is no workspace ${slug ?? ""}.`);
  return openSystemScope(workspace.id, { type: "system", id: null, name: "Command line" });
}

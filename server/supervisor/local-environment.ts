import path from "node:path";
import { type Environment, readEnvironment } from "@/server/env";
import { generatedKeys } from "@/server/supervisor/generated-keys";

export const projectRoot = path.resolve(import.meta.dirname, "../..");

type Source = Record<string, string | undefined>;

export function dataFolderOf(source: Source): string {
  return path.resolve(projectRoot, source.MILLRACE_DATA_DIR || ".data");
}

export interface LocalEnvironment {
  /** What the processes of this installation are started with. */
  readonly variables: NodeJS.ProcessEnv;
  readonly settings: Environment;
}

/** The given variables, and for those that are unset the keys of the data folder and the given database. */
export function localEnvironment(source: NodeJS.ProcessEnv, databaseUrl: string): LocalEnvironment {
  const dataFolder = dataFolderOf(source);
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const variables: NodeJS.ProcessEnv = {
    ...generatedKeys(dataFolder),
    ...given,
    NODE_ENV: source.NODE_ENV ?? "production",
    DATABASE_URL: databaseUrl,
    MILLRACE_DATA_DIR: dataFolder,
    NEXT_TELEMETRY_DISABLED: "1",
    CHECKPOINT_DISABLE: "1",
  };
  const settings = readEnvironment(variables);
  variables.HOST = settings.HOST;
  variables.PORT = String(settings.PORT);
  variables.HOSTNAME = settings.HOST;
  variables.MILLRACE_URL = settings.MILLRACE_URL;
  variables.NEXTAUTH_URL = settings.MILLRACE_URL;
  return { variables, settings };
}

// npm run migrate: for installations whose web and worker processes are started one by one.
import "@/server/dot-env";
import { env, requireValidEnvironment } from "@/server/env";
import { migrate, MigrationError } from "@/server/postgres/migrate";

requireValidEnvironment();
try {
  const applied = await migrate(env.DATABASE_DIRECT_URL);
  console.log(applied.length > 0 ? `Applied: ${applied.join(", ")}` : "The database is up to date.");
} catch (error) {
  if (!(error instanceof MigrationError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

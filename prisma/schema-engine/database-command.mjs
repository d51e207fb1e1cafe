import pg from "pg";
import { connectionFields } from "./options.mjs";

/** `schema-engine cli <command>`: the few statements that run before the engine itself can connect. */
export async function runDatabaseCommand(command, databaseUrl) {
  const fields = connectionFields(databaseUrl);
  const reachable = command === "can-connect-to-database";
  const client = new pg.Client(reachable ? fields : { ...fields, database: "postgres" });
  try {
    await client.connect();
    const name = client.escapeIdentifier(fields.database);
    if (command === "create-database") await client.query(`CREATE DATABASE ${name}`);
    if (command === "drop-database") await client.query(`DROP DATABASE IF EXISTS ${name}`);
    return 0;
  } catch (error) {
    reportError(error.code === "3D000" ? "P1003" : "P1001", error.message);
    return 1;
  } finally {
    await client.end().catch(() => {});
  }
}

function reportError(code, message) {
  const line = { level: "ERROR", target: "schema_engine::logger", fields: { error_code: code, message } };
  process.stderr.write(`\n${JSON.stringify(line)}\n`);
}

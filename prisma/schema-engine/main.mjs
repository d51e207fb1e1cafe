#!/usr/bin/env node
// Stands in for Prisma's native schema engine, whose download needs a host that a fresh machine may not reach:
// the same JSON-RPC on stdin/stdout, carried by the WebAssembly build of the engine and the pg driver adapter.
import { engineOptions } from "./options.mjs";
import { runDatabaseCommand } from "./database-command.mjs";
import { openEngine } from "./engine.mjs";
import { serveJsonRpc } from "./json-rpc.mjs";

const options = engineOptions(process.argv.slice(2));

if (options.wantsVersion) {
  console.log("schema-engine-cli wasm");
} else if (options.databaseCommand) {
  process.exitCode = await runDatabaseCommand(options.databaseCommand, options.datasource.url);
} else {
  serveJsonRpc(process.stdin, process.stdout, await openEngine(options));
}

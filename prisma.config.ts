import fs from "node:fs";
import path from "node:path";
import { defineConfig } from "prisma/config";

const root = import.meta.dirname;

// The native schema engine is downloaded by an install script that fails silently without its host;
// then the CLI works with the stand-in, which needs nothing but npm packages.
function hasNativeSchemaEngine(): boolean {
  const folder = path.join(root, "node_modules/@prisma/engines");
  return fs.existsSync(folder) && fs.readdirSync(folder).some((file) => file.startsWith("schema-engine-"));
}

if (!hasNativeSchemaEngine()) {
  process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= path.join(root, "prisma/schema-engine/main.mjs");
}
process.env.CHECKPOINT_DISABLE ??= "1";

export default defineConfig({
  schema: "prisma/schema",
  migrations: { path: "prisma/migrations" },
  datasource: {
    url: process.env.DATABASE_URL ?? "postgresql://postgres@127.0.0.1:5432/millrace",
    shadowDatabaseUrl: process.env.SHADOW_DATABASE_URL,
  },
});

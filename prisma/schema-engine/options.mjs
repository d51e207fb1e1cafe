import fs from "node:fs";

/** Reads the arguments that Prisma's CLI passes to its schema engine. */
export function engineOptions(argv) {
  const valuesOf = (name) => argv.flatMap((argument, index) => (argument === name ? [argv[index + 1]] : []));
  const cliIndex = argv.indexOf("cli");
  const datasource = JSON.parse(valuesOf("--datasource")[0] ?? "{}");
  return {
    wantsVersion: argv.includes("--version"),
    databaseCommand: cliIndex === -1 ? undefined : argv[cliIndex + 1],
    datasource: { ...datasource, url: datasource.url ?? process.env.DATABASE_URL },
    datamodels: valuesOf("--datamodels").map((file) => [file, fs.readFileSync(file, "utf8")]),
  };
}

/**
 * Connection fields of a database URL. They are discrete because the adapter's shadow connection overrides
 * `database`, and a connection string would win over that.
 */
export function connectionFields(databaseUrl) {
  const url = new URL(databaseUrl);
  return {
    host: url.hostname || url.searchParams.get("host") || undefined,
    port: Number(url.port || 5432),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    ssl: ["require", "prefer", "verify-full"].includes(url.searchParams.get("sslmode") ?? "") || undefined,
  };
}

export function schemaName(databaseUrl) {
  return (databaseUrl && new URL(databaseUrl).searchParams.get("schema")) || "public";
}

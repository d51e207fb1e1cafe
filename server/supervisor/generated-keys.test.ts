import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, expect, it } from "vitest";
import { generatedKeys } from "@/server/supervisor/generated-keys";
import { localEnvironment } from "@/server/supervisor/local-environment";

const dataFolder = fs.mkdtempSync(path.join(os.tmpdir(), "millrace-keys-"));
const databaseUrl = "postgresql://someone@db.example/millrace";

afterEach(() => fs.rmSync(dataFolder, { recursive: true, force: true }));

it("makes the keys once, for their owner only", () => {
  const folder = path.join(dataFolder, "new");
  const keys = generatedKeys(folder);
  expect(generatedKeys(folder)).toEqual(keys);
  expect(fs.statSync(path.join(folder, "keys.json")).mode & 0o777).toBe(0o600);
  expect(fs.readdirSync(folder)).toEqual(["keys.json"]);
});

it("says which file is damaged, and makes no other keys", () => {
  generatedKeys(dataFolder);
  const file = path.join(dataFolder, "keys.json");
  for (const text of ["", "{}"]) {
    fs.writeFileSync(file, text);
    expect(() => generatedKeys(dataFolder)).toThrow(file);
    expect(fs.readFileSync(file, "utf8")).toBe(text);
  }
});

it("gives the children a complete environment, in which given variables win", () => {
  const given = { MILLRACE_DATA_DIR: dataFolder, PORT: "4100", CRON_SECRET: "chosen by the operator", NODE_ENV: "test" as const };
  const { variables, settings } = localEnvironment(given, databaseUrl);
  expect(variables.CRON_SECRET).toBe(given.CRON_SECRET);
  expect(variables.MILLRACE_MASTER_KEY).toBe(generatedKeys(dataFolder).MILLRACE_MASTER_KEY);
  expect(variables.NEXTAUTH_URL).toBe("http://127.0.0.1:4100");
  expect(settings.DATABASE_DIRECT_URL).toBe(databaseUrl);
});

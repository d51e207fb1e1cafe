import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { EnvironmentError, environmentSchema, readEnvironment } from "@/server/env";

const required = {
  DATABASE_URL: "postgresql://someone@db.example/millrace",
  MILLRACE_MASTER_KEY: Buffer.alloc(32, 1).toString("base64url"),
  NEXTAUTH_SECRET: "x".repeat(43),
  CRON_SECRET: "y".repeat(43),
};

describe("the environment", () => {
  it("fills in what is unset", () => {
    const environment = readEnvironment({ ...required, PORT: "4000", DATABASE_DIRECT_URL: "" });
    expect(environment.PORT).toBe(4000);
    expect(environment.MILLRACE_URL).toBe("http://127.0.0.1:4000");
    expect(environment.DATABASE_DIRECT_URL).toBe(required.DATABASE_URL);
    expect(environment.WORKER_POOLS).toEqual(["default"]);
  });

  it("reads lists and removes the last slash of the address", () => {
    const environment = readEnvironment({
      ...required,
      WORKER_POOLS: "default, gpu,",
      MILLRACE_URL: "https://runs.example/",
    });
    expect(environment.WORKER_POOLS).toEqual(["default", "gpu"]);
    expect(environment.MILLRACE_URL).toBe("https://runs.example");
  });

  it("names every problem at once", () => {
    const read = () => readEnvironment({ ...required, DATABASE_URL: undefined, PORT: "high", MILLRACE_MASTER_KEY: "abc" });
    expect(read).toThrow(EnvironmentError);
    expect(read).toThrow(/DATABASE_URL is not set/);
    expect(read).toThrow(/PORT: .*number/);
    expect(read).toThrow(/MILLRACE_MASTER_KEY: must be 32 random bytes/);
  });

  it("takes the address of a bucket, and wants one for blobs in S3", () => {
    const read = (BLOB_S3_URL?: string) => readEnvironment({ ...required, BLOB_STORE: "s3", BLOB_S3_URL });
    expect(read("s3://files/a?region=eu-central-1&endpoint=https://s3.example:9000").BLOB_S3_URL).toContain("s3://files/a");
    expect(() => read()).toThrow(/BLOB_S3_URL is not set/);
    for (const wrong of ["https://files", "s3://key:secret@files", "s3://files?zone=1", "s3://files#x"]) expect(() => read(wrong)).toThrow(/BLOB_S3_URL: must be s3:\/\/bucket/);
  });

  it("has at most 40 variables, each in docs/configuration.md with its description", () => {
    const documentation = fs.readFileSync(path.join(import.meta.dirname, "../docs/configuration.md"), "utf8");
    const variables = Object.entries(environmentSchema.shape);
    expect(variables.length).toBeLessThanOrEqual(40);
    for (const [name, schema] of variables) {
      expect(documentation).toContain(`| \`${name}\` |`);
      expect(documentation, name).toContain(schema.description ?? "every variable has a description");
    }
  });
});

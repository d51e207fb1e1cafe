import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { describe, expect, it } from "vitest";

const page = readFileSync("docs/triggers.md", "utf8");
const blockOf = (language: string) => new RegExp(`\\n\`\`\`${language}\\n([^]*?)\\n\`\`\``).exec(page)?.[1] ?? "";

describe("callers of /api/cron in docs/triggers.md", () => {
  it("Vercel: every minute, at an address that is there", () => {
    expect(JSON.parse(blockOf("json"))).toEqual({ crons: [{ path: "/api/cron", schedule: "* * * * *" }] });
    expect(existsSync("app/api/cron/route.ts")).toBe(true);
  });

  it("Kubernetes: a CronJob of that address, with the secret by reference alone", () => {
    const job = parse(blockOf("yaml")) as { apiVersion: string; kind: string; spec: { schedule: string; jobTemplate: { spec: { template: { spec: { restartPolicy: string; containers: { args: string[]; env: { name: string; value?: string; valueFrom: object }[] }[] } } } } } };
    expect(job).toMatchObject({ apiVersion: "batch/v1", kind: "CronJob", spec: { schedule: "* * * * *" } });
    const { restartPolicy, containers } = job.spec.jobTemplate.spec.template.spec;
    expect(["Never", "OnFailure"]).toContain(restartPolicy);
    const [{ args, env: variables }] = containers as [(typeof containers)[0]];
    expect(args).toContain("Authorization: Bearer $(CRON_SECRET)");
    expect(new URL(args.at(-1)!).pathname).toBe("/api/cron");
    expect(variables).toEqual([{ name: "CRON_SECRET", valueFrom: { secretKeyRef: { name: "millrace", key: "CRON_SECRET" } } }]);
  });
});

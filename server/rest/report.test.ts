import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

// A process of its own: the line is read where it comes out.
const SCRIPT = `
  import { answerProblems } from "@/server/rest/problem";
  const response = await answerProblems(new Request("http://localhost/api/somewhere?key=s3cret"), () => Promise.reject(new Error("inner detail")));
  process.stderr.write(await response.text());
`;

it("an error that nobody foresaw stands in the log under the id that its answer names, and with nothing of the query", async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--import", "tsx", "--input-type=module", "-e", SCRIPT], { env: { ...process.env, LOG_LEVEL: "info" } });
  const { instance, detail } = JSON.parse(stderr) as { instance: string; detail: string };
  const line = JSON.parse(stdout.trim()) as { requestId: string; where: string; err: { message: string } };
  expect(line).toMatchObject({ where: "/api/somewhere", err: { message: "inner detail" } });
  expect(instance).toBe(`urn:millrace:request:${line.requestId}`);
  expect([detail, stdout.includes("s3cret"), stderr.includes("inner")]).toEqual([`Something went wrong here. Request ${line.requestId}.`, false, false]);
});

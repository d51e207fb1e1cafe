import { execFile } from "node:child_process";
import { expect, it } from "vitest";

const SCRIPT = `
  import { beforeExit } from "@/server/telemetry/before-exit";
  beforeExit(() => new Promise((done) => setImmediate(() => process.stdout.write("sent", done))));
  process.exit(7);
  process.exit(8);
`;

it("what is left is sent before a process ends, with the code it was to end with", async () => {
  const ended = await new Promise((resolve) => execFile(process.execPath, ["--import", "tsx", "--input-type=module", "-e", SCRIPT], (error, stdout) => resolve([error?.code, stdout])));
  expect(ended).toEqual([7, "sent"]);
});

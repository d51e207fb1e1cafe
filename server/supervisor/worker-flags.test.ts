import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { WORKER_FLAGS } from "./worker-flags";

it("start workers alike, by themselves and with everything else", () => {
  const { scripts } = JSON.parse(fs.readFileSync(path.join(import.meta.dirname, "../../package.json"), "utf8")) as { scripts: Record<string, string> };
  expect(scripts["start:worker"]).toContain(`node ${WORKER_FLAGS.join(" ")} `);
});

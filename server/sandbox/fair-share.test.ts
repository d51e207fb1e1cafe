import { afterAll, expect, it } from "vitest";
import { createSandboxPool } from "@/server/sandbox/pool";

const pool = createSandboxPool({ threads: 1, codeTimeoutMs: 2_000 });
afterAll(() => pool.close());

const request = (owner: string, source: string) => ({ owner, source, scope: {}, seed: "1", nowMs: 0 });

it("runs the code of a workspace beside another's that never ends, and takes turns", async () => {
  const ended: string[] = [];
  const run = async (name: string, owner: string, source: string) => {
    const outcome = await pool.runCode(request(owner, source));
    ended.push(name);
    return outcome;
  };
  const stuck = run("stuck", "a", "for (;;) {}");
  const queued = ["a1", "a2", "a3"].map((name) => run(name, "a", "return 1"));
  const other = await run("other", "b", "return 2");
  expect(other).toMatchObject({ ok: true, value: 2 });
  expect(ended).toEqual(["other"]);
  expect(await stuck).toMatchObject({ ok: false, error: { code: "timeout" } });
  expect(await Promise.all(queued)).toMatchObject([{ ok: true }, { ok: true }, { ok: true }]);
  expect(ended).toEqual(["other", "stuck", "a1", "a2", "a3"]);
});

import { afterAll, expect, it } from "vitest";
import { createSandboxPool } from "@/server/sandbox/pool";

const pool = createSandboxPool({ threads: 1, codeTimeoutMs: 120_000 });
afterAll(() => pool.close());

const request = (owner: string, source: string) => ({ owner, source, scope: {}, seed: "1", nowMs: 0 });

it("runs the code of a workspace beside another's that never ends, and takes turns", async () => {
  const ended: string[] = [];
  const stop = new AbortController();
  const run = async (name: string, owner: string, source: string) => {
    const outcome = await pool.runCode({ ...request(owner, source), ...(name === "stuck" ? { signal: stop.signal } : {}) });
    ended.push(name);
    return outcome;
  };
  const stuck = run("stuck", "a", "for (;;) {}");
  const queued = ["a1", "a2", "a3"].map((name) => run(name, "a", "return 1"));
  const other = await run("other", "b", "return 2");
  expect(other).toMatchObject({ ok: true, value: 2 });
  expect(ended).toEqual(["other"]);
  stop.abort();
  expect(await stuck).toMatchObject({ ok: false });
  expect(await Promise.all(queued)).toMatchObject([{ ok: true }, { ok: true }, { ok: true }]);
  expect(ended).toEqual(["other", "stuck", "a1", "a2", "a3"]);
});

it("gives one thread's turns to all who wait, not to whoever came first with much", async () => {
  const ended: string[] = [];
  const stop = new AbortController();
  const stuck = pool.runCode({ ...request("c", "for (;;) {}"), signal: stop.signal });
  const all = ["a1", "a2", "a3", "b1"].map((name) => pool.runCode(request(name[0]!, "return 1")).then(() => ended.push(name)));
  await Promise.all(all);
  stop.abort();
  await stuck;
  expect(ended).toEqual(["a1", "b1", "a2", "a3"]);
});

it("starts another thread for a workspace although the only one works for another", async () => {
  const fresh = createSandboxPool({ threads: 1, codeTimeoutMs: 120_000, expressionTimeoutMs: 120_000 });
  const expressions = (owner: string, source: string) => fresh.evaluateExpressions({ owner, scope: {}, seed: "1", nowMs: 0, expressions: [{ source, seed: "1", paths: [] }] });
  try {
    const ended: string[] = [];
    const note = (name: string) => (outcome: unknown) => (ended.push(name), outcome);
    await Promise.all([fresh.runCode(request("a", "return 1")), expressions("a", "(() => 1)()")]);
    const stuck = [fresh.runCode(request("a", "for (;;) {}")).then(note("code of a")), expressions("a", "(() => { for (;;); })()").then(note("expression of a"))];
    const others = [fresh.runCode(request("b", "return 2")).then(note("b")), expressions("b", "(() => 2)()").then(note("b"))];
    expect(await Promise.all(others)).toMatchObject([{ ok: true, value: 2 }, [{ ok: true, value: 2 }]]);
    expect(ended).toEqual(["b", "b"]);
    await fresh.close();
    await Promise.all(stuck);
  } finally {
    await fresh.close();
  }
});

it("ends code that nobody needs any more, where it runs and where it waits, and gives its thread to the next", async () => {
  const patient = createSandboxPool({ threads: 1, codeTimeoutMs: 120_000 });
  try {
    const [running, waiting] = [new AbortController(), new AbortController()];
    await patient.runCode(request("a", "return 1"));
    const stuck = patient.runCode({ ...request("a", "for (;;) {}"), signal: running.signal });
    const queued = patient.runCode({ ...request("a", "return 2"), signal: waiting.signal });
    const next = patient.runCode(request("a", "return 3"));
    waiting.abort();
    expect(await queued).toMatchObject({ ok: false, error: { code: "unavailable", message: "it was stopped" } });
    running.abort();
    expect(await stuck).toMatchObject({ ok: false, error: { code: "unavailable", message: "it was stopped" } });
    expect(await next).toMatchObject({ ok: true, value: 3 });
    expect(await patient.runCode({ ...request("a", "return 4"), signal: AbortSignal.abort() })).toMatchObject({ ok: false });
    expect(await patient.runCode(request("a", "return 5"))).toMatchObject({ ok: true, value: 5 });
  } finally {
    await patient.close();
  }
});

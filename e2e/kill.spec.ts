import { spawn, type ChildProcess } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { signIn } from "./session";
import { expectStatus, importWorkflow, outputOf, publish, startRun, stepsOf } from "./workflow-page";

const ITEMS = 12;

const slow = {
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual", name: "Start" },
    {
      id: "each",
      kind: "forEach",
      name: "Each",
      config: { items: Array.from({ length: ITEMS }, (_, index) => index), mode: "sequential", result: "{{ steps.square.output.value }}" },
    },
    { id: "pause", kind: "delay", name: "Pause", parent: { id: "each", slot: "body" }, config: { seconds: 0.5 } },
    { id: "square", kind: "transform", name: "Square", parent: { id: "each", slot: "body" }, config: { code: "return { value: args.item * args.item };", args: { item: "{{ item }}" } } },
  ],
  edges: [
    { from: "start", to: "each" },
    { from: "pause", to: "square" },
  ],
};

interface Installation {
  process: ChildProcess;
  signInUrl: string | null;
}

/** Starts the product as `npm start` does and waits until it says that it is ready. */
function start(folder: string, port: number): Promise<Installation> {
  const child = spawn(process.execPath, ["--import", "tsx", "server/supervisor/main.ts"], {
    // Leases are short, so that a killed worker's runs are taken over soon.
    env: { ...process.env, PORT: String(port), MILLRACE_DATA_DIR: folder, LEASE_SECONDS: "5" },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  return new Promise((resolve, reject) => {
    let text = "";
    let signInUrl: string | null = null;
    child.once("exit", (code) => reject(new Error(`the start ended with ${code}:\n${text}`)));
    child.stdout!.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      signInUrl = /valid once: (\S+)/.exec(text)?.[1] ?? null;
      const isReady = /Ready: \S+/.test(text) && (signInUrl !== null || fs.existsSync(path.join(folder, "signed-in")));
      if (isReady) resolve({ process: child, signInUrl });
    });
  });
}

function ended(child: ChildProcess): Promise<void> {
  return child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : new Promise((resolve) => child.once("exit", () => resolve()));
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

test("killed in the middle and started again, a run finishes with every step done once", async ({ browser }) => {
  test.setTimeout(240_000);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "millrace-kill-"));
  fs.chmodSync(folder, 0o755);
  const port = await freePort();
  let installation = await start(folder, port);
  try {
    const context = await browser.newContext({ baseURL: `http://127.0.0.1:${port}` });
    const page = await context.newPage();
    await signIn(page, installation.signInUrl!);
    fs.writeFileSync(path.join(folder, "signed-in"), "");
    await importWorkflow(page, "Slow squares", slow);
    await publish(page);
    const runId = await startRun(page);
    await expect.poll(async () => (await stepsOf(page, runId)).filter(({ path: step }) => step.endsWith("/square")).length).toBeGreaterThan(2);

    installation.process.kill("SIGKILL");
    await ended(installation.process);
    installation = await start(folder, port);

    // The same page finds the server again by itself.
    await expectStatus(page, "Succeeded", 90_000);
    expect(await outputOf(page, runId, "each")).toEqual(Array.from({ length: ITEMS }, (_, index) => index * index));
    const done = (await stepsOf(page, runId)).filter(({ status }) => status === "succeeded").map(({ path: step }) => step);
    expect(done.length).toBe(new Set(done).size);
    expect(done.filter((step) => step.endsWith("/square"))).toHaveLength(ITEMS);
    await context.close();
  } finally {
    installation.process.kill("SIGTERM");
    await ended(installation.process);
    fs.rmSync(folder, { recursive: true, force: true });
  }
});

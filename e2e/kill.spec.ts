import { execFileSync } from "node:child_process";
import http from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import { Installation } from "./installation";
import { anonymous as test, expect, signIn } from "./session";
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
    { id: "pause", kind: "delay", name: "Pause", parent: { id: "each", slot: "body" }, config: { seconds: 1 } },
    { id: "square", kind: "transform", name: "Square", parent: { id: "each", slot: "body" }, config: { code: "return { value: args.item * args.item };", args: { item: "{{ item }}" } } },
  ],
  edges: [
    { from: "start", to: "each" },
    { from: "pause", to: "square" },
  ],
};

let installation: Installation;
let page: Page;
const given: string[] = [];
const server = http.createServer((request, response) => {
  given.push(request.headers.authorization ?? "");
  response.end("{}");
});

test.beforeAll(async ({ browser }) => {
  test.setTimeout(240_000);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  // Leases are short, so that a killed worker's runs are taken over soon.
  installation = await Installation.start({ LEASE_SECONDS: "5", MILLRACE_SSRF_ALLOW: "127.0.0.1" });
  page = await (await browser.newContext({ baseURL: installation.url, storageState: { cookies: [], origins: [] } })).newPage();
  await signIn(page, installation.signInUrl);
  installation.noteSignedIn();
});
test.afterAll(async () => {
  await page.context().close();
  await installation.remove();
  server.close();
});

test("killed in the middle and started again, a run finishes with every step done once", async () => {
  test.setTimeout(240_000);
  await importWorkflow(page, "Slow squares", slow);
  await publish(page);
  const runId = await startRun(page);
  await expect.poll(async () => (await stepsOf(page, runId)).filter(({ path: step }) => step.endsWith("/square")).length, { timeout: 90_000 }).toBeGreaterThan(2);

  await installation.end("SIGKILL");
  await installation.startAgain();

  // The same page finds the server again by itself.
  await expectStatus(page, "Succeeded", 90_000);
  expect(await outputOf(page, runId, "each")).toEqual(Array.from({ length: ITEMS }, (_, index) => index * index));
  const done = (await stepsOf(page, runId)).filter(({ status }) => status === "succeeded").map(({ path: step }) => step);
  expect(done.length).toBe(new Set(done).size);
  expect(done.filter((step) => step.endsWith("/square"))).toHaveLength(ITEMS);
});

async function putSecret(button: string, value: string): Promise<void> {
  await page.goto("/main/settings/secrets");
  await page.getByRole("button", { name: button }).click();
  if (button === "New secret") await page.getByLabel("Name").fill("PARTNER");
  await page.getByLabel("Value").fill(value);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
}

function millrace(...parameters: string[]): string {
  return execFileSync(process.execPath, ["server/cli/millrace.mjs", "secrets", ...parameters], { env: { ...process.env, MILLRACE_DATA_DIR: installation.folder }, encoding: "utf8" });
}

test("a secret, its workspace's key and the master key are changed while a workflow that uses them waits", async () => {
  test.setTimeout(240_000);
  const { port } = server.address() as AddressInfo;
  const call = (id: string, name: string) => ({ id, kind: "http", name, config: { url: `http://127.0.0.1:${port}/`, auth: { type: "bearer", token: "{{ secrets.PARTNER }}" } } });
  await putSecret("New secret", "the-first-value");
  await importWorkflow(page, "Partner", {
    schema: 1,
    nodes: [{ id: "start", kind: "trigger.manual", name: "Start" }, call("before", "Before"), { id: "parcel", kind: "wait.signal", name: "Parcel", config: { signal: "parcel" } }, call("after", "After")],
    edges: [{ from: "start", to: "before" }, { from: "before", to: "parcel" }, { from: "parcel", to: "after" }],
  });
  await publish(page);
  const runId = await startRun(page);
  await expectStatus(page, "Waiting");

  await putSecret("Change PARTNER", "the-second-value");
  await page.getByRole("button", { name: "New key" }).click();
  await expect(page.getByText(/Everything is sealed with the new key|The new key seals from now on/)).toBeVisible();
  millrace("new-master-key");
  await installation.end("SIGTERM");
  await installation.startAgain();
  expect(millrace("rotate")).toContain("Everything is sealed with the new keys.");

  await page.goto(`/main/runs/${runId}`);
  await page.getByRole("button", { name: "Send the signal" }).click();
  await page.getByRole("button", { name: "Send signal parcel" }).click();
  await expectStatus(page, "Succeeded");
  // With leases as short as these, a disk that stands still makes a call come twice.
  expect(given.filter((value, index) => value !== given[index - 1])).toEqual(["Bearer the-first-value", "Bearer the-second-value"]);
});

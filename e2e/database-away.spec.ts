import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { startEmbeddedPostgres } from "../server/postgres/embedded";
import { Installation } from "./installation";
import { anonymous as test, expect, signIn } from "./session";
import { expectStatus, importWorkflow, publish, startRun } from "./workflow-page";

test("while the database is away everything answers 503, and all of it comes back by itself", async ({ browser }) => {
  test.setTimeout(240_000);
  const dataFolder = fs.mkdtempSync(path.join(os.tmpdir(), "millrace-away-"));
  fs.chmodSync(dataFolder, 0o755);
  let database = await startEmbeddedPostgres({ dataFolder });
  const installation = await Installation.start({ DATABASE_URL: database.url, DATABASE_DIRECT_URL: "" });
  try {
    const context = await browser.newContext({ baseURL: installation.url, storageState: { cookies: [], origins: [] } });
    const page = await context.newPage();
    await signIn(page, installation.signInUrl);
    installation.noteSignedIn();

    await database.stop();
    const answers = [await page.goto("/main/runs"), ...(await Promise.all(["/api/health", "/api/v1/runs", "/"].map((path) => page.request.get(path, { headers: { authorization: `Bearer mlr_${"a".repeat(43)}` }, maxRedirects: 0 }))))];
    for (const answer of answers) expect([answer?.status(), answer?.headers()["retry-after"]], answer?.url()).toEqual([503, "2"]);
    await expect(page.getByText("this page comes back by itself")).toBeVisible();

    database = await startEmbeddedPostgres({ dataFolder });
    await expect(page.getByRole("heading", { name: "Runs", level: 1 })).toBeVisible({ timeout: 60_000 });
    await importWorkflow(page, "After the outage", { schema: 1, nodes: [{ id: "start", kind: "trigger.manual", name: "Start" }], edges: [] });
    await publish(page);
    await startRun(page);
    await expectStatus(page, "Succeeded", 60_000);
    await context.close();
  } finally {
    await installation.remove();
    await database.stop();
    fs.rmSync(dataFolder, { recursive: true, force: true });
  }
});

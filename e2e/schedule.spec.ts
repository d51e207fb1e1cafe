import { spawn } from "node:child_process";
import type { Page } from "@playwright/test";
import { startEmbeddedPostgres } from "@/server/postgres/embedded";
import { ask, Installation } from "./installation";
import { anonymous as test, expect, signIn } from "./session";
import { importWorkflow, publish } from "./workflow-page";

const CRON_SECRET = "a secret of this test, long enough to be one";
const PROCESSES = 10;
const CALLS = 10;

async function makeSchedule(page: Page, name: string, expression: string): Promise<void> {
  await page.getByRole("tab", { name: "Triggers" }).click();
  await page.getByRole("button", { name: "New trigger" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Kind").click();
  await page.getByRole("option", { name: "Schedule" }).click();
  await dialog.getByRole("textbox", { name: "Name" }).fill(name);
  await dialog.getByLabel("Expression").fill(expression);
  await dialog.getByRole("button", { name: "Make trigger" }).click();
  await expect(dialog).toBeHidden();
}

/** A process that calls the cron route several times; answers the statuses it got. */
function hammer(url: string): Promise<number[]> {
  const program = `const statuses = [];
    for (let n = 0; n < ${CALLS}; n++) statuses.push((await fetch(process.argv[1] + "/api/cron", { method: "POST", headers: { authorization: "Bearer " + process.env.CRON_SECRET } })).status);
    console.log(JSON.stringify(statuses));`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program, url], { env: { ...process.env, CRON_SECRET }, stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve, reject) => child.once("close", (code) => (code === 0 ? resolve(JSON.parse(text) as number[]) : reject(new Error(`a caller ended with ${code}`)))));
}

test("a schedule is made, fires, is missed while nobody is there, and shows that; however many call, a slot fires once", async ({ browser }) => {
  test.setTimeout(300_000);
  const installation = await Installation.start({ CRON_SECRET });
  try {
    const context = await browser.newContext({ baseURL: installation.url });
    const page = await context.newPage();
    await signIn(page, installation.signInUrl);
    installation.noteSignedIn();
    await importWorkflow(page, "Heartbeat", { schema: 1, nodes: [{ id: "beat", kind: "set", config: { values: { alive: true } } }], edges: [] });
    await publish(page);
    await makeSchedule(page, "Each second", "* * * * * *");
    const schedule = page.getByRole("list", { name: "Triggers" }).getByRole("button", { name: /Each second/ });
    await schedule.click();
    const events = page.getByRole("list", { name: "Events" });
    await expect(events.getByText("Started").first()).toBeVisible();

    await test.step("it is paused until a moment, shows what it misses meanwhile, and goes on", async () => {
      await page.getByRole("button", { name: "Pause until …" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Time zone").fill("Asia/Kolkata");
      await dialog.getByLabel("Until").fill("2099-01-01T05:30");
      await dialog.getByRole("button", { name: "Pause", exact: true }).click();
      await expect(dialog).toBeHidden();
      // What is new comes in where no mouse is.
      await page.mouse.move(0, 0);
      await expect(schedule.getByText("Paused until")).toBeVisible();
      await expect(schedule.locator("time[datetime='2099-01-01T00:00:00.000Z']")).toBeVisible();
      const missed = events.getByText(/^\d+ slots: paused until /);
      await expect(missed.locator("time[datetime='2099-01-01T00:00:00.000Z']")).toBeVisible();
      await expect(missed).not.toContainText("T00:00");
      await page.getByRole("button", { name: "Resume now" }).click();
      await page.mouse.move(0, 0);
      await expect(schedule.getByText("Paused until")).toBeHidden();
      await expect(events.getByRole("listitem").first().getByText("Started")).toBeVisible();
    });

    // Nobody is there; its next slot lies an hour back when somebody is again.
    await installation.end("SIGTERM");
    const database = await startEmbeddedPostgres({ dataFolder: installation.folder });
    await ask(database.url, "UPDATE trigger SET next_fire_at = date_trunc('minute', now()) - interval '1 hour', config = jsonb_set(config::jsonb, '{timing,expression}', '\"0 */10 * * * *\"') WHERE name = 'Each second'");
    await database.stop();
    await installation.startAgain();
    await page.reload();
    await schedule.click();
    await expect(events.getByText("Missed").first()).toBeVisible();
    await expect(events.getByText("nobody looked after the schedule in time").first()).toBeVisible();

    await test.step("ten processes call the cron route at once", async () => {
      const { url, stop } = await startEmbeddedPostgres({ dataFolder: installation.folder });
      const [trigger] = await ask<{ id: string; since: string }>(url, "UPDATE trigger SET next_fire_at = date_trunc('second', now()) - interval '60 seconds', config = config::jsonb || '{\"graceSeconds\": 3600, \"timing\": {\"type\": \"every\", \"seconds\": 1}}' WHERE name = 'Each second' RETURNING id, next_fire_at::text AS since");
      const answers = await Promise.all(Array.from({ length: PROCESSES }, () => hammer(installation.url)));
      expect(answers.flat()).toEqual(Array(PROCESSES * CALLS).fill(200));
      await ask(url, "UPDATE trigger SET mode = 'disabled' WHERE id = $1", [trigger!.id]);
      const counted = () => ask<{ slots: number; events: number; runs: number; gaps: number }>(url, `
        WITH fired AS (SELECT run_id, (meta ->> 'slot')::timestamptz AS slot FROM trigger_event WHERE trigger_id = $1 AND status = 'started' AND (meta ->> 'slot')::timestamptz >= $2::timestamptz)
        SELECT count(DISTINCT slot)::int AS slots, count(*)::int AS events, (SELECT count(*)::int FROM run r WHERE r.id IN (SELECT run_id FROM fired)) AS runs,
          (extract(epoch FROM max(slot) - min(slot))::int + 1 - count(DISTINCT slot))::int AS gaps FROM fired`, [trigger!.id, trigger!.since]);
      // Slots are answered for before they have become runs.
      await expect
        .poll(async () => {
          const [{ slots, events: recorded, runs, gaps } = { slots: 0, events: 0, runs: 0, gaps: 0 }] = await counted();
          return { areAllThere: slots > 60 && gaps === 0, beside: [recorded - slots, runs - slots] };
        })
        .toEqual({ areAllThere: true, beside: [0, 0] });
      // It only leaves: the installation is attached, too.
      await stop();
    });
    await context.close();
  } finally {
    await installation.remove();
  }
});

import type { Page } from "@playwright/test";
import { GithubServer } from "@/server/triggers/kinds/github/testing/github-server";
import { askShared } from "./installation";
import { expect, fresh, test } from "./session";
import { ask, beginRun, expectStatus, makeWorkflow, outputOf, pickWorkflow, tell } from "./workflow-page";

const PLACE = "repos/acme/shop";
const single = (node: Record<string, unknown>, more: Record<string, unknown> = {}) => ({ schema: 1, nodes: [{ id: "only", ...node }], edges: [], ...more });

/** As after many attempts: the next one by itself is an hour away. */
async function putOff(triggerId: string): Promise<void> {
  await expect
    .poll(() => askShared("UPDATE trigger_subscription SET attempts = 30, due_at = (SELECT clock_timestamp()) + interval '1 hour' WHERE id = $1 AND NOT is_wanted AND error IS NOT NULL AND lease_until IS NULL RETURNING id", [triggerId]))
    .toHaveLength(1);
}

/** A trigger that has made a hook at GitHub, and is then disabled while GitHub is out of order. */
async function leaveHook(page: Page, github: GithubServer, workflowId: string, name: string): Promise<{ id: string; disable: () => Promise<void> }> {
  const secret = fresh("UPKEEP", "_");
  await tell(page, "secrets.put", { name: secret, value: github.token });
  const { id } = (await tell(page, "triggers.create", { workflowId, kind: "github", name, config: { baseUrl: github.url, secret, target: { type: "repository", owner: "acme", repository: "shop" } } })) as { id: string };
  const disable = async () => {
    await expect.poll(() => github.hooks.get(PLACE)).toHaveLength(1);
    github.failures.push(...Array<(typeof github.failures)[number]>(1_000).fill({ status: 500, body: { message: "the hooks are out of order" } }));
    await tell(page, "triggers.setMode", { triggerId: id, mode: "disabled" });
  };
  return { id, disable };
}

test("whoever looks after a workspace: handlers, what roles hear, days that runs are kept, and what triggers have left elsewhere", async ({ page }) => {
  const [handler, failing, pushes] = [fresh("Look after failures"), fresh("Fails for its handler"), fresh("Pushes left")];
  const handlerId = await makeWorkflow(page, handler, single({ kind: "set", name: "Note", config: { values: { given: "{{ input }}" } } }, { output: "{{ steps.only.output.given }}" }));
  const failingId = await makeWorkflow(page, failing, single({ kind: "fail", name: "Break", config: { message: "the sack is torn" } }));
  const before = (await ask(page, "alerts.settings", undefined)) as { roles: unknown };
  const github = await GithubServer.start("a-token", [PLACE]);
  try {
    const hook = await leaveHook(page, github, handlerId, pushes);

    await test.step("a workflow starts by itself for a run that failed, and knows which", async () => {
      await page.goto("/main/settings/notifications?tab=handlers");
      const choice = page.getByRole("combobox", { name: /^When a run failed/ });
      await pickWorkflow(page, handler, choice);
      await expect(page.getByText("Saved. It holds for runs that end from now on.")).toBeVisible();
      await expect(choice).toContainText(handler);
      await beginRun(page, failingId);
      // It may look after others, too, that failed just now.
      const given = async () => {
        const { items } = (await ask(page, "runs.list", { workflowId: handlerId, status: ["succeeded"] })) as { items: { id: string }[] };
        return JSON.stringify(await Promise.all(items.map(({ id }) => outputOf(page, id))));
      };
      await expect.poll(given, { timeout: 60_000 }).toContain(`"name":"${failing}"`);
      await choice.click();
      await page.getByRole("option", { name: "None" }).click();
      await expect(choice).toContainText("None");
      await expect(choice).toBeEnabled();
      await page.reload();
      await expect(choice).toContainText("None");
    });
    await hook.disable();

    await test.step("what people of a role hear is set for them, and shows in what oneself hears", async () => {
      await page.goto("/main/settings/notifications?tab=mine");
      const mine = page.getByRole("switch", { name: "Approvals by mail", exact: true });
      const owners = page.getByRole("switch", { name: "Owners: Approvals by mail" });
      const viewers = page.getByRole("switch", { name: "Viewers: Alerts in the inbox" });
      await expect(mine).toBeVisible();
      await expect(owners).toBeVisible();
      const [had, seen] = [await owners.isChecked(), await viewers.isChecked()];
      await expect(mine).toBeChecked({ checked: had });
      await owners.click();
      await expect(mine).toBeChecked({ checked: !had });
      await expect(viewers).toBeEnabled();
      await viewers.click();
      await expect(viewers).toBeChecked({ checked: !seen });
      await expect(viewers).toBeEnabled();
      await page.reload();
      await expect(owners).toBeChecked({ checked: !had });
      await expect(viewers).toBeChecked({ checked: !seen });
      await expect(mine).toBeChecked({ checked: !had });
    });

    await test.step("one sees what a workflow takes up, and keeps its runs for other days than the rest", async () => {
      await page.goto("/main/settings/retention");
      const size = page.getByRole("region", { name: "Sizes by workflow" }).getByRole("row", { name: new RegExp(`^${failing} `) });
      // One run, one step; the bytes stand below.
      await expect.poll(() => size.getByRole("cell").evaluateAll((cells) => cells.slice(2, 4).map(({ firstChild }) => firstChild?.textContent))).toEqual(["1", "1"]);
      await page.getByRole("combobox", { name: "Workflow", exact: true }).click();
      await page.getByRole("option", { name: failing, exact: true }).click();
      const days = page.getByRole("textbox", { name: "Runs" }).last();
      const save = page.getByRole("button", { name: "Save", exact: true }).last();
      await days.fill("4000");
      await expect(page.getByText("A whole number of days, at most 3650, or never.")).toBeVisible();
      await days.fill("7");
      await save.click();
      const own = page.getByText(new RegExp(`^Days of their own: .*${failing}`));
      await expect(own).toBeVisible();
      await page.reload();
      await expect(own).toBeVisible();
      await page.getByRole("combobox", { name: "Workflow", exact: true }).click();
      await page.getByRole("option", { name: failing, exact: true }).click();
      await expect(days).toHaveValue("7");
      await days.fill("");
      await save.click();
      await expect(own).toHaveCount(0);
    });

    await test.step("what a disabled trigger has left at its provider is taken away when somebody says so", async () => {
      await putOff(hook.id);
      await page.goto(`/main/triggers?trigger=${hook.id}`);
      const left = page.getByText(`${pushes} (GitHub) has left something at`, { exact: false });
      await expect(left).toBeVisible();
      await expect(page.getByText("the hooks are out of order", { exact: false }).first()).toBeVisible();
      github.failures.length = 0;
      await page.getByRole("button", { name: "Try again" }).click();
      await expect(page.getByText("It is tried again within ten seconds.")).toBeVisible();
      await expect.poll(() => github.hooks.get(PLACE)).toHaveLength(0);
      await expect(left).toHaveCount(0);
    });
  } finally {
    // Everybody else's runs and people are not to be told of either.
    await tell(page, "alerts.setHandlers", { errorWorkflow: null, successWorkflow: null });
    await tell(page, "alerts.setRoles", before.roles);
    await github.stop();
  }
});

test("a run says why it waits and for what, and goes on when there is a place", async ({ page }) => {
  const name = fresh("One at a time");
  const workflowId = await makeWorkflow(page, name, single({ kind: "wait.signal", name: "Wait for the parcel", config: { signal: "parcel" } }, { settings: { concurrency: { limit: 1 } } }));
  const first = await beginRun(page, workflowId);
  await page.goto(`/main/runs/${first}`);
  await expectStatus(page, "Waiting");
  const second = await beginRun(page, workflowId);
  const why = page.getByText(/^Waits for a place: /);
  await page.goto(`/main/runs/${second}`);
  await expect(why).toBeVisible();
  await expect(page.getByText("It is the next one.", { exact: false })).toBeVisible();
  await expect(page.getByRole("link", { name: first.slice(-8), exact: true })).toBeVisible();
  await page.goto(`/main/runs?workflow=${workflowId}`);
  await expect(page.getByRole("row").filter({ hasText: "Waits for a place: " })).toHaveCount(1);
  await page.goto(`/main/runs/${second}`);
  await tell(page, "runs.signal", { runId: first, name: "parcel" });
  await expectStatus(page, "Waiting");
  await expect(why).toHaveCount(0);
});

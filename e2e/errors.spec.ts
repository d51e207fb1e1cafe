import { expect, test } from "./session";
import { canvasNode, expectStatus, importWorkflow, outputOf, publish, replaceDraft, runIdOf, startRun, stepsOf } from "./workflow-page";

const routed = {
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual", name: "Start" },
    { id: "risky", kind: "transform", name: "Risky call", config: { code: "throw new Error('the other side is down');" }, onError: "route" },
    { id: "rescue", kind: "set", name: "Rescue", config: { values: { because: "{{ steps.risky.error.message }}" } } },
    { id: "onwards", kind: "set", name: "Onwards", config: { values: { reached: true } } },
  ],
  edges: [
    { from: "start", to: "risky" },
    { from: "risky", port: "error", to: "rescue" },
    { from: "risky", to: "onwards" },
  ],
  output: { because: "{{ steps.rescue.output.because }}" },
};

test("an error takes the error edge and the run goes on", async ({ page }) => {
  await importWorkflow(page, "Error routing", routed);
  await publish(page);
  const runId = await startRun(page);
  await expectStatus(page, "Succeeded");
  await expect(canvasNode(page, "Risky call").locator("[data-status=failed]").first()).toBeVisible();
  await canvasNode(page, "Risky call").click();
  const panel = page.getByRole("complementary", { name: "Risky call" });
  await expect(panel.getByText("Its error goes to Rescue.")).toBeVisible();
  await expect.poll(async () => {
    const [step, beside] = [await canvasNode(page, "Risky call").boundingBox(), await panel.boundingBox()];
    return step!.x + step!.width <= beside!.x;
  }).toBe(true);
  await expect(canvasNode(page, "Rescue").locator("[data-status=succeeded]").first()).toBeVisible();
  expect((await stepsOf(page, runId)).map(({ path }) => path)).not.toContain("onwards");
  expect(await outputOf(page, runId)).toEqual({ because: expect.stringContaining("the other side is down") });
});

const broken = {
  schema: 1,
  input: { type: "object", properties: { price: { type: "number", title: "Price", default: 5 } } },
  nodes: [
    { id: "start", kind: "trigger.manual", name: "Start" },
    { id: "prepare", kind: "transform", name: "Prepare", config: { code: "return { at: Date.now(), order: null };" } },
    { id: "sum", kind: "set", name: "Sum up", config: { values: { total: "{{ steps.prepare.output.order.price }}" } } },
  ],
  edges: [
    { from: "start", to: "prepare" },
    { from: "prepare", to: "sum" },
  ],
};

test("a failed run names the node and the expression, and is repeated from there in one click", async ({ page }) => {
  await importWorkflow(page, "Broken sum", broken);
  await publish(page);
  const first = await startRun(page);
  await expectStatus(page, "Failed");
  const summary = page.getByRole("alert").filter({ hasText: "Sum up" });
  await expect(summary).toContainText("price");
  await expect(summary).toContainText("{{ steps.prepare.output.order.price }}");

  await summary.getByRole("button", { name: "Re-run from this step" }).click();
  await expect(page).not.toHaveURL(new RegExp(first));
  const second = await runIdOf(page);
  await expectStatus(page, "Failed");
  await expect(page.getByText("another run from sum")).toBeVisible();
  // What lies before the step is taken over, not done again.
  expect(await outputOf(page, second, "prepare")).toEqual(await outputOf(page, first, "prepare"));

  await page.getByRole("alert").filter({ hasText: "Sum up" }).getByRole("link", { name: "Open in the draft" }).click();
  await expect(page.getByRole("complementary", { name: "Sum up" })).toBeVisible();
  await replaceDraft(page, (text) => text.replace("steps.prepare.output.order.price", "input.price"));
  await startRun(page, "Test draft");
  await expectStatus(page, "Succeeded");
  await expect(page.locator("header").getByText("Test", { exact: true })).toBeVisible();
});

test("an address with nothing at it is dark where the system is", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto("/main/nothing-here");
  await expect(page.getByRole("heading", { name: "There is nothing at this address" })).toBeVisible();
  await expect(page.locator("html")).toHaveClass(/dark/);
});

import { expect, test } from "./session";
import { canvasNode, expectStatus, importWorkflow, outputOf, publish, startRun } from "./workflow-page";

const loop = {
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual", name: "Start" },
    {
      id: "each",
      kind: "forEach",
      name: "Each number",
      config: { items: [1, 2, 0, 4], mode: "parallel", limit: 2, continueOnItemError: true, result: "{{ steps.divide.output.quotient }}" },
    },
    { id: "check", kind: "if", name: "Is it zero?", parent: { id: "each", slot: "body" }, config: { condition: "{{ item == 0 }}" } },
    { id: "refuse", kind: "fail", name: "Refuse", parent: { id: "each", slot: "body" }, config: { message: "cannot divide by {{ item }}" } },
    { id: "divide", kind: "set", name: "Divide", parent: { id: "each", slot: "body" }, config: { values: { quotient: "{{ 8 / item }}" } } },
  ],
  edges: [
    { from: "start", to: "each" },
    { from: "check", port: "true", to: "refuse" },
    { from: "check", port: "false", to: "divide" },
  ],
};

test("a loop shows each of its iterations, the failed one first", async ({ page }) => {
  await importWorkflow(page, "Divide all", loop);
  await publish(page);
  const runId = await startRun(page);
  await expectStatus(page, "Succeeded");
  expect(await outputOf(page, runId, "each")).toEqual([8, 4, null, 2]);

  const picker = page.getByRole("group", { name: "Iteration of Each number" });
  await expect(picker).toContainText("3 of 4");
  await expect(canvasNode(page, "Refuse").locator("[data-status=failed]").first()).toBeVisible();

  await picker.getByRole("button", { name: "Next iteration" }).click();
  await expect(picker).toContainText("4 of 4");
  await expect(canvasNode(page, "Divide").locator("[data-status=succeeded]").first()).toBeVisible();
  await canvasNode(page, "Divide").click();
  const panel = page.getByRole("complementary", { name: "Divide" });
  await expect(panel.getByRole("group", { name: "Output", exact: true })).toContainText("2");
  await expect(panel.getByText("each[3]/divide")).toBeVisible();

  // The canvas may still be moving out of the way of the panel.
  await expect(async () => {
    await picker.getByRole("button", { name: "First failed iteration" }).click();
    await expect(page).toHaveURL(/step=each%5B2%5D/, { timeout: 2_000 });
  }).toPass();
});

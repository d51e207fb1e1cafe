import { expect, test } from "./session";
import { canvasNode, importWorkflow, replaceDraft } from "./workflow-page";

const small = {
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual", name: "Start" },
    { id: "answer", kind: "set", name: "Original", config: { values: { answer: 42 } } },
  ],
  edges: [{ from: "start", to: "answer" }],
};

test("an unsaved edit outlives the page", async ({ page }) => {
  await importWorkflow(page, "Unsaved", small);
  // No save gets through, however long it takes to leave.
  const saving = /workflows\.updateDraft/;
  await page.route(saving, () => {});
  await replaceDraft(page, (text) => text.replace('"Original"', '"Unsaved edit"'));
  page.once("dialog", (dialog) => void dialog.accept());
  await page.reload();
  await expect(page.getByText(/Your unsaved edit .* is back/)).toBeVisible();
  await page.unroute(saving);
  await page.getByRole("tab", { name: "Canvas" }).click();
  await expect(canvasNode(page, "Unsaved edit")).toBeVisible();
  await page.getByRole("button", { name: "Discard it" }).click();
  await expect(canvasNode(page, "Original")).toBeVisible();
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(canvasNode(page, "Unsaved edit")).toBeVisible();
});

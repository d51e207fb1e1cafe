import { expect, test } from "./session";
import { importWorkflow, publish } from "./workflow-page";

const orders = {
  schema: 1,
  input: { type: "object", required: ["orderId"], properties: { orderId: { type: "integer" }, email: { type: "string", format: "email" } } },
  nodes: [{ id: "start", kind: "trigger.manual", name: "Start" }, { id: "note", kind: "log", name: "Note", config: { level: "info", message: "order {{ input.orderId }}" } }],
  edges: [{ from: "start", to: "note" }],
};

test("a CSV file is mapped, checked by line and field, and its good rows run as a batch", async ({ page }) => {
  await importWorkflow(page, "Batch orders", orders);
  await publish(page);
  await page.getByRole("button", { name: "Run", exact: true }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("tab", { name: "Many from CSV" }).click();
  const text = "Number;Mail\n1001;ada@example.com\nx;bob@example.com\n1003;nobody\n1004;\n";
  await dialog.getByLabel("CSV file").setInputFiles({ name: "orders.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  await expect(dialog.getByText("4 of 4 rows do not fit the workflow's input")).toBeVisible();
  await dialog.getByRole("combobox", { name: /^orderId/ }).click();
  await page.getByRole("option", { name: "Number" }).click();
  await dialog.getByRole("combobox", { name: /^email/ }).click();
  await page.getByRole("option", { name: "Mail" }).click();
  const problems = dialog.getByRole("list", { name: "Bad rows" });
  await expect(problems).toContainText(/Line 3, orderId .*integer/);
  await expect(problems).toContainText(/Line 4, email/);
  await expect(dialog.getByRole("button", { name: /^Start/ })).toBeDisabled();
  await dialog.getByRole("checkbox", { name: "Leave out the 2 bad rows and start the others" }).check();
  await dialog.getByLabel("Name of the batch").fill("november orders");
  await dialog.getByRole("button", { name: "Start 2 runs" }).click();
  await expect(page).toHaveURL(/label=batch/);
  const progress = page.getByRole("region", { name: "Batch november orders" });
  await expect(progress).toContainText("2 of 2 ended, 2 bad rows left out");
  await expect(page.getByRole("row", { name: /Succeeded Batch orders/ })).toHaveCount(2);
});

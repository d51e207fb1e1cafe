import { expect, fresh, test } from "./session";
import { beginRun, makeWorkflow, tell } from "./workflow-page";

const parcel = {
  schema: 1,
  input: { type: "object", required: ["order"], properties: { order: { type: "string", title: "Order" } } },
  nodes: [
    { id: "start", kind: "trigger.manual", name: "Start" },
    { id: "parcel", kind: "wait.signal", name: "Wait for the parcel", config: { signal: "parcel" } },
  ],
  edges: [{ from: "start", to: "parcel" }],
};

test("runs are narrowed by the chart, with keys and with the mouse, compared, and kept as a view that lives", async ({ page }) => {
  const [name, view] = [fresh("Brushed"), fresh("Brushed runs")];
  const workflowId = await makeWorkflow(page, name, parcel);
  for (const order of ["ORD-1", "ORD-2"]) await beginRun(page, workflowId, { order });
  const address = `/main/runs?workflow=${workflowId}&range=hour`;
  const rows = page.getByRole("region", { name: "Runs", exact: true }).getByRole("row", { name: new RegExp(`Waiting ${name}`) });
  const chart = page.getByRole("slider", { name: /^Choose a time by arrow keys/ });
  const chosenTime = page.getByText(/: Enter shows these runs$/);
  const none = page.getByRole("heading", { name: "No run fits the filter" });

  await page.goto(address);
  await expect(rows).toHaveCount(2);
  // An hour ago none of them was there.
  await chart.focus();
  await page.keyboard.press("Home");
  await expect(chosenTime).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/from=.*to=/);
  await expect(none).toBeVisible();
  await expect(chart).toBeFocused();
  await page.goto(address);
  await expect(rows).toHaveCount(2);
  await chart.focus();
  await page.keyboard.press("Shift+Home");
  await expect(chosenTime).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/from=.*to=/);
  await expect(rows).toHaveCount(2);

  await page.goto(address);
  await expect(rows).toHaveCount(2);
  const { width, height } = (await chart.boundingBox())!;
  await chart.hover({ position: { x: width * 0.1, y: height / 2 } });
  await page.mouse.down();
  await chart.hover({ position: { x: width * 0.4, y: height / 2 } });
  await expect(chosenTime).toBeVisible();
  await page.mouse.up();
  await expect(page).toHaveURL(/from=.*to=/);
  await expect(none).toBeVisible();

  await page.goto(address);
  const views = page.getByRole("dialog", { name: "Saved views" });
  await page.getByRole("button", { name: "Views", exact: true }).click();
  await views.getByRole("button", { name: "Save this filter …" }).click();
  await page.getByRole("dialog", { name: "Save this filter as a view" }).getByLabel("Name").fill(view);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("button", { name: view, exact: true })).toBeVisible();
  await expect(rows).toHaveCount(2);
  await page.getByRole("checkbox", { name: "Choose all shown runs" }).click();
  await page.getByRole("region", { name: "Chosen runs" }).getByRole("link", { name: "Compare" }).click();
  await expect(page.getByRole("heading", { name: "Two runs compared", level: 1 })).toBeVisible();
  await expect(page.getByText("Different input", { exact: true })).toBeVisible();
  await expect(page.getByText("Same version", { exact: true })).toBeVisible();

  await page.goto("/main/runs");
  await page.getByRole("button", { name: "Views", exact: true }).click();
  await views.getByRole("button", { name: view, exact: true }).click();
  await expect(page).toHaveURL(/workflow=.*range=hour|range=hour.*workflow=/);
  await expect(rows).toHaveCount(2);
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  // While the mouse is over the list, what is new waits, and what is there goes on.
  await rows.first().hover();
  const third = await beginRun(page, workflowId, { order: "ORD-3" });
  const news = page.getByRole("button", { name: "Show 1 new", exact: true });
  await expect(news).toBeVisible();
  await expect(rows).toHaveCount(2);
  await news.click();
  await expect(rows).toHaveCount(3);
  await tell(page, "runs.cancel", { runId: third });
  await expect(page.getByRole("row", { name: new RegExp(`Cancelled ${name}`) })).toHaveCount(1);
  await page.mouse.move(0, 0);
  await beginRun(page, workflowId, { order: "ORD-4" });
  await expect(rows).toHaveCount(3);

  await page.getByRole("checkbox", { name: "Choose all shown runs" }).click();
  await page.getByRole("region", { name: "Chosen runs" }).getByRole("button", { name: "Cancel 3", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Cancel these 3 runs?" });
  await dialog.getByLabel("Reason").fill("The parcels are lost");
  await dialog.getByRole("button", { name: "Cancel 3 runs" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("row", { name: new RegExp(`Cancelled ${name}`) })).toHaveCount(4);
  await expect(rows).toHaveCount(0);
});

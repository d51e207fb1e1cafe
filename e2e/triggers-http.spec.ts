import { expect, fresh, test } from "./session";
import { importWorkflow, pickWorkflow, publish } from "./workflow-page";

const ORDER_DESK = {
  schema: 1,
  input: { type: "object", properties: { id: { type: "integer" }, size: { enum: ["small", "large"] } }, required: ["id", "size"] },
  nodes: [{ id: "price", kind: "set", config: { values: { order: "{{ input.id }}", price: '{{ input.size === "large" ? 20 : 10 }}' } } }],
  edges: [],
  output: "{{ steps.price.output }}",
};

test("a route made in the browser answers as an HTTP API", async ({ page, request }) => {
  const [name, title, path] = [fresh("Order desk"), fresh("Place an order"), fresh("/orders", "-")];
  await importWorkflow(page, name, ORDER_DESK);
  await publish(page);
  await page.goto("/main/triggers");
  await page.getByRole("button", { name: "New trigger" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Kind").click();
  await page.getByRole("option", { name: "HTTP route" }).click();
  await pickWorkflow(page, name, dialog.getByRole("combobox", { name: "Workflow" }));
  await dialog.getByRole("textbox", { name: "Name" }).fill(title);
  await dialog.getByLabel("Path").fill(`${path}/:id`);
  await dialog.getByLabel("Auth", { exact: true }).click();
  await page.getByRole("option", { name: "Public" }).click();
  await dialog.getByRole("button", { name: "Make trigger" }).click();
  await expect(dialog).toBeHidden();

  await page.getByRole("list", { name: "Triggers" }).getByRole("button", { name: new RegExp(title) }).click();
  await expect(page.getByText(`/api/r/main${path}/:id`, { exact: false }).first()).toBeVisible();
  await expect(page.getByText(new RegExp(`curl -X POST '.*/api/r/main${path}/ID'`))).toBeVisible();

  const bad = await request.post(`/api/r/main${path}/7`, { data: { size: "huge" } });
  expect([bad.status(), await bad.json()]).toMatchObject([400, { errors: [{ field: "input/size" }] }]);
  const good = await request.post(`/api/r/main${path}/7`, { data: { size: "large" } });
  expect([good.status(), await good.json()]).toEqual([200, { order: 7, price: 20 }]);

  const events = page.getByRole("list", { name: "Events" });
  await expect(events.getByText("Started")).toBeVisible();
  await expect(events.getByRole("listitem")).toHaveCount(1);
  const document = await page.request.get("/api/r/main/openapi.json");
  expect(await document.json()).toMatchObject({ openapi: "3.1.0", paths: { [`/api/r/main${path}/{id}`]: { post: { summary: title, security: [] } } } });

  // The same address again is refused, with who has it.
  await page.getByRole("button", { name: "New trigger" }).click();
  await dialog.getByLabel("Kind").click();
  await page.getByRole("option", { name: "HTTP route" }).click();
  await pickWorkflow(page, name, dialog.getByRole("combobox", { name: "Workflow" }));
  await dialog.getByLabel("Path").fill(`${path}/:order`);
  await dialog.getByRole("button", { name: "Make trigger" }).click();
  await expect(dialog.getByRole("alert")).toContainText(`is taken already by ${title}`);
});

import { expect, type Locator, type Page } from "@playwright/test";

export type Definition = Record<string, unknown>;

/** What a test does on the pages of workflows. */
export async function importWorkflow(page: Page, name: string, definition: Definition, workspace = "main"): Promise<void> {
  await page.goto(`/${workspace}/workflows`);
  await page.getByRole("button", { name: "New workflow" }).first().click();
  await page.getByRole("tab", { name: "Import" }).click();
  await page.getByLabel("Workflow as YAML or JSON").fill(JSON.stringify(definition));
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
}

export async function openWorkflow(page: Page, name: string): Promise<void> {
  await page.goto(`/main/workflows?q=${encodeURIComponent(name)}`);
  await page.getByRole("link", { name, exact: true }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
}

/** Chooses one in a picker that shows but the first of them until somebody searches. */
export async function pickWorkflow(page: Page, name: string, field = page.getByRole("combobox", { name: "Workflow", exact: true })): Promise<void> {
  await field.click();
  await pickFound(page, "Search workflows", name, name);
}

/** The same of an open picker: searches for the text and takes what is named so. */
export async function pickFound(page: Page, placeholder: string, text: string, name: string | RegExp): Promise<void> {
  await page.getByPlaceholder(placeholder).fill(text);
  const option = page.getByRole("option", { name }).first();
  await option.click();
  // The list from before the search shows until the new one comes, which may move it from below the mouse.
  await expect(async () => {
    if ((await option.count()) > 0) await option.click({ timeout: 2_000 });
    await expect(option).toHaveCount(0, { timeout: 2_000 });
  }).toPass();
}

/** Replaces the draft by another text, as pasting does. */
export async function replaceDraft(page: Page, change: (text: string) => string): Promise<void> {
  await page.getByRole("tab", { name: "JSON" }).click();
  const editor = page.getByRole("textbox", { name: "Draft as JSON" });
  await expect(editor).toBeVisible();
  await editor.click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(change(await savedDraft(page)));
}

/** The draft as the server holds it: the editor draws only the lines in view. */
async function savedDraft(page: Page): Promise<string> {
  const workflowId = /workflows\/([0-9a-f-]+)/.exec(page.url())?.[1];
  const { definition } = (await ask(page, "workflows.get", { workflowId })) as { definition: Definition };
  return JSON.stringify(definition, null, 2);
}

/** Answers the number of the version. */
export async function publish(page: Page, note = ""): Promise<string> {
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Note").fill(note);
  // What says so on the page goes away by itself.
  const answer = page.waitForResponse((response) => response.url().includes("workflows.publish"));
  await dialog.getByRole("button", { name: "Publish", exact: true }).click();
  const [made] = (await (await answer).json()) as { result?: { data: { number: number } } }[];
  expect(made?.result, JSON.stringify(made)).toBeDefined();
  await expect(dialog).toHaveCount(0);
  return String(made!.result!.data.number);
}

/** Starts a run with what the form offers and answers its id. */
export async function startRun(page: Page, button: "Run" | "Test draft" = "Run", fill?: (dialog: Locator) => Promise<void>): Promise<string> {
  await page.getByRole("button", { name: button, exact: true }).first().click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: "Start run" })).toBeVisible();
  await fill?.(dialog);
  await dialog.getByRole("button", { name: "Start run" }).click();
  // Tests show on the canvas; the run has its page all the same.
  if (button === "Test draft") await page.getByRole("link", { name: "Open the run" }).click();
  return runIdOf(page);
}

export async function runIdOf(page: Page): Promise<string> {
  await page.waitForURL(/\/runs\/[0-9a-f-]{36}/);
  return /runs\/([0-9a-f-]{36})/.exec(page.url())![1]!;
}

export async function expectStatus(page: Page, status: string, timeout = 30_000): Promise<void> {
  await expect(page.locator("header").getByText(status, { exact: true })).toBeVisible({ timeout });
}

export function canvasNode(page: Page, name: string): Locator {
  return page.locator(".react-flow__node:not(.react-flow__node-slot)").filter({ hasText: name }).last();
}

/** A read-only call of the app's own API with the person's session. */
export async function ask(page: Page, procedure: string, input: unknown): Promise<unknown> {
  const response = await page.request.get(`/api/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`, {
    headers: { "x-millrace-workspace": "main" },
  });
  expect(response.status(), await response.text()).toBe(200);
  const body = (await response.json()) as { result: { data: unknown } };
  return body.result.data;
}

/** The same, of what changes something. */
export async function tell(page: Page, procedure: string, input: unknown): Promise<unknown> {
  const response = await page.request.post(`/api/trpc/${procedure}`, { data: input, headers: { "x-millrace-workspace": "main", "sec-fetch-site": "same-origin" } });
  expect(response.status(), await response.text()).toBe(200);
  const body = (await response.json()) as { result: { data: unknown } };
  return body.result.data;
}

/** A draft, of whose making nothing is to be seen, opened. */
export async function openDraft(page: Page, name: string, definition: Definition): Promise<void> {
  const { id } = (await tell(page, "workflows.create", { name, definition })) as { id: string };
  await page.goto(`/main/workflows/${id}`);
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
}

/** A published workflow, of whose making nothing is to be seen. Answers its id. */
export async function makeWorkflow(page: Page, name: string, definition: Definition): Promise<string> {
  const { id } = (await tell(page, "workflows.create", { name, definition })) as { id: string };
  await tell(page, "workflows.publish", { workflowId: id });
  return id;
}

export async function beginRun(page: Page, workflowId: string, input: unknown = {}): Promise<string> {
  const { runId } = (await tell(page, "runs.start", { workflowId, input })) as { runId: string };
  return runId;
}

/** The only run of a workflow, once it has ended. */
export async function endedRunOf(page: Page, workflowId: string): Promise<{ id: string; status: string }> {
  const only = async () => ((await ask(page, "runs.list", { workflowId })) as { items: { id: string; status: string }[] }).items;
  await expect.poll(async () => (await only()).map(({ status }) => ["succeeded", "failed", "cancelled"].includes(status)), { timeout: 60_000 }).toEqual([true]);
  return (await only())[0]!;
}

export interface StepRow {
  path: string;
  attempt: number;
  status: string;
}

export async function stepsOf(page: Page, runId: string): Promise<StepRow[]> {
  const { steps } = (await ask(page, "runs.get", { runId })) as { steps: StepRow[] };
  return steps;
}

export async function outputOf(page: Page, runId: string, path = ""): Promise<unknown> {
  const { text } = (await ask(page, "runs.value", { runId, path, what: "output" })) as { text: string };
  return JSON.parse(text);
}

/** Tells which they are, where there are some. */
export async function expectNoProblems(page: Page): Promise<void> {
  const none = page.getByText("No problems");
  const list = page.getByRole("region", { name: "Problems" });
  await none.waitFor({ timeout: 30_000 }).catch(async () => {
    await list.getByRole("button").first().click();
    throw new Error(`There are problems: ${(await list.getByRole("listitem").allTextContents()).join(" | ")}`);
  });
}

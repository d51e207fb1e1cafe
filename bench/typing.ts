import type { Page } from "@playwright/test";
import type { Keys, Typist } from "@/bench/typist";

export const KEYS = "a longer name that somebody types into the field of a step";
export const FIELDS = ["name", "setup", "expression", "note"] as const;
export type Field = (typeof FIELDS)[number];
export const TITLES: Record<Field, string> = { name: "the name of a step", setup: "a field of its setup", expression: "an expression", note: "a note" };

/** Into each of the fields that a step of the large workflow has, and a note. */
export async function typeEverywhere(page: Page, typist: Typist): Promise<Record<Field, Keys>> {
  await find(page, "step_100");
  const panel = page.getByRole("complementary");
  await panel.getByLabel("Name", { exact: true }).click();
  const name = await typist.type(KEYS);
  await panel.getByRole("button", { name: "Add", exact: true }).click();
  await panel.getByLabel("Values: name 2").fill("more");
  await panel.getByLabel("Values: value of more").click();
  const setup = await typist.type(KEYS);
  await panel.getByRole("textbox", { name: "Values: value of from" }).click();
  await page.keyboard.press("ControlOrMeta+a");
  await typist.type("{{ ");
  const expression = await typist.type("[steps.step_99.output, 1 + 2 + 3 + 4 + 5, input.name, 6, 7, 8]");
  await panel.getByRole("tab", { name: "Setup" }).click();
  await page.keyboard.press("Escape");
  await page.keyboard.press("n");
  await page.getByRole("textbox", { name: /note/i }).waitFor();
  const note = await typist.type(KEYS);
  return { name, setup, expression, note };
}

async function find(page: Page, id: string): Promise<void> {
  await page.keyboard.press("ControlOrMeta+f");
  await page.getByRole("dialog").getByRole("combobox").fill(id);
  await page.keyboard.press("Enter");
}

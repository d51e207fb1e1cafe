import type { Locator, Page } from "@playwright/test";
import { expect } from "./session";

/** What a person does to the fields of a page, with one device alone. Text is typed, key by key. */
export interface Hand {
  /** In place of what stands in the field. */
  write(field: Locator, text: string): Promise<void>;
  choose(box: Locator, option: string): Promise<void>;
  press(button: Locator): Promise<void>;
  show(tab: Locator): Promise<void>;
}

export class MouseHand implements Hand {
  constructor(private readonly page: Page) {}

  async write(field: Locator, text: string): Promise<void> {
    await field.click({ clickCount: 3 });
    await this.page.keyboard.type(text);
  }

  async choose(box: Locator, option: string): Promise<void> {
    await box.click();
    await this.page.getByRole("option", { name: option, exact: true }).click();
    await expect(box).toHaveText(option);
  }

  press(button: Locator): Promise<void> {
    return button.click();
  }

  show(tab: Locator): Promise<void> {
    return tab.click();
  }
}

/** From the middle of one to the middle of the other. */
export async function drag(page: Page, from: Locator, to: Locator): Promise<void> {
  const begin = (await from.boundingBox())!;
  const end = (await to.boundingBox())!;
  await page.mouse.move(begin.x + begin.width / 2, begin.y + begin.height / 2);
  await page.mouse.down();
  await page.mouse.move(end.x + end.width / 2, end.y + end.height / 2, { steps: 8 });
  await page.mouse.up();
}

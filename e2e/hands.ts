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
    // Whoever writes looks first where the cursor is: keys of a click that missed would be told as lost ones.
    await expect(async () => {
      await field.click({ clickCount: 3 });
      await expect(field).toBeFocused({ timeout: 2_000 });
    }).toPass();
    await this.page.keyboard.type(text);
    await expectTyped(field, text);
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

/** A key that is lost is told where it is lost. Editors of code show more than their text. */
async function expectTyped(field: Locator, text: string): Promise<void> {
  if (await field.evaluate((element) => "value" in element)) await expect(field).toHaveValue(text);
}

/** From the middle of one to the middle of the other. */
export async function drag(page: Page, from: Locator, to: Locator): Promise<void> {
  const begin = await restingPlace(from);
  const end = await restingPlace(to);
  await page.mouse.move(begin.x + begin.width / 2, begin.y + begin.height / 2);
  await page.mouse.down();
  await page.mouse.move(end.x + end.width / 2, end.y + end.height / 2, { steps: 8 });
  await page.mouse.up();
}

/** Where it is once it moves no more, as after the view has followed a step. */
async function restingPlace(target: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  await target.evaluate(
    (element) =>
      new Promise<void>((resolve) => {
        let [last, same] = ["", 0];
        const look = () => {
          const { x, y } = element.getBoundingClientRect();
          same = `${x} ${y}` === last ? same + 1 : 0;
          last = `${x} ${y}`;
          if (same === FRAMES) resolve();
          else requestAnimationFrame(look);
        };
        const FRAMES = 3;
        look();
      }),
  );
  return (await target.boundingBox())!;
}

/** More stops than a page has between two fields of a form. */
const MOST_STOPS = 120;

export class KeyboardHand implements Hand {
  constructor(private readonly page: Page) {}

  async write(field: Locator, text: string): Promise<void> {
    await this.reach(field);
    await this.page.keyboard.press("ControlOrMeta+a");
    await this.page.keyboard.type(text);
    await expectTyped(field, text);
  }

  async choose(box: Locator, option: string): Promise<void> {
    await this.reach(box);
    await this.page.keyboard.press("ArrowDown");
    const list = this.page.getByRole("listbox");
    await expect(list.getByRole("option").first()).toBeVisible();
    await this.page.keyboard.type(option);
    await expect(list.locator("[data-highlighted]")).toHaveText(option);
    await this.page.keyboard.press("Enter");
    await expect(list).toHaveCount(0);
    await expect(box).toHaveText(option);
  }

  async press(button: Locator): Promise<void> {
    await this.reach(button);
    await this.page.keyboard.press((await button.getAttribute("role")) === "checkbox" ? "Space" : "Enter");
  }

  async show(tab: Locator): Promise<void> {
    const shown = tab.locator("xpath=..").getByRole("tab", { selected: true });
    await this.reach(shown);
    // The focus goes on in its own time after each key.
    for (let step = 0; step < 10 && (await tab.getAttribute("aria-selected")) !== "true"; step += 1) {
      const before = await shown.textContent();
      await this.page.keyboard.press("ArrowRight");
      await expect(shown).not.toHaveText(before!);
    }
    await expect(tab).toBeFocused();
  }

  /** Tab by Tab, forwards or backwards. */
  async reach(target: Locator): Promise<void> {
    await expect(target).toBeVisible();
    // Tab would take a suggestion.
    await expect(this.page.locator(".cm-tooltip-autocomplete")).toHaveCount(0);
    for (let stop = 0; stop < MOST_STOPS; stop += 1) {
      const where = await target.evaluate((element) => {
        const focused = document.activeElement;
        if (focused === element) return "here";
        return focused !== null && (focused.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING) !== 0 ? "before" : "after";
      });
      if (where === "here") return;
      await this.page.keyboard.press(where === "before" ? "Shift+Tab" : "Tab");
    }
    throw new Error(`No key leads to ${String(target)}.`);
  }
}

import type { Page } from "@playwright/test";

/** Steps of a gesture. */
export const MOVES = 150;

export async function moveView(page: Page, moves = MOVES): Promise<void> {
  const pane = (await page.locator(".react-flow__pane").boundingBox())!;
  const [x, y] = [pane.x + pane.width - 30, pane.y + pane.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let step = 0; step < moves; step++) await page.mouse.move(x - Math.abs(((step * 8) % 600) - 300), y + Math.abs(((step * 6) % 400) - 200));
  await page.mouse.up();
}

export async function zoomView(page: Page, moves = MOVES): Promise<void> {
  const pane = (await page.locator(".react-flow__pane").boundingBox())!;
  await page.mouse.move(pane.x + pane.width / 2, pane.y + pane.height / 2);
  for (let step = 0; step < moves; step++) await page.mouse.wheel(0, step % 50 < 25 ? -60 : 60);
}

/** The waterfall of a run. */
export async function scrollRows(page: Page, moves = MOVES): Promise<void> {
  const row = (await page.locator("[data-row]").first().boundingBox())!;
  await page.mouse.move(row.x + row.width / 2, row.y + row.height / 2);
  for (let step = 0; step < moves; step++) await page.mouse.wheel(0, step % 50 < 35 ? 400 : -400);
}

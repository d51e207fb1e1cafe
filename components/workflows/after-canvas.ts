const AT_MOST_MILLISECONDS = 2_000;

let tell = (): void => {};
const drawn = new Promise<void>((resolve) => (tell = resolve));

/** By the first canvas of the page, with its first steps. */
export function canvasIsDrawn(): void {
  requestAnimationFrame(() => requestAnimationFrame(() => tell()));
}

/** What has code of its own to load leaves the way to what is looked at first. It does not wait for a canvas that is not opened, or has nothing to draw. */
export function afterCanvas(): Promise<void> {
  return Promise.race([drawn, new Promise<void>((resolve) => setTimeout(resolve, AT_MOST_MILLISECONDS))]);
}

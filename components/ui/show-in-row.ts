/** Scrolls a row sideways so far that what fits the selector is seen whole; the page stays where it is. */
export function showInRow(row: HTMLElement | null, selector: string): void {
  const current = row?.querySelector<HTMLElement>(selector);
  if (!row || !current || row.scrollWidth <= row.clientWidth) return;
  const [frame, box] = [row.getBoundingClientRect(), current.getBoundingClientRect()];
  if (box.left < frame.left) row.scrollLeft -= frame.left - box.left;
  else if (box.right > frame.right) row.scrollLeft += box.right - frame.right;
}

/** Names in an address of what a page shows: another view of it is another place. */
const VIEWS = ["view", "tab", "box", "list", "folder", "show", "archived", "version", "of"];
/** Names of what is opened beside it. Another one in its place is no other place, nor is the page without it. */
const PANELS = ["step", "wait", "review", "trigger"];

/** Whether Back shall lead from the one to the other: filters, searches and what is selected are only remembered. */
export function isVisit(before: URLSearchParams, after: URLSearchParams): boolean {
  return VIEWS.some((name) => before.get(name) !== after.get(name)) || PANELS.some((name) => !before.has(name) && after.has(name));
}

/** Names in an address of what a page shows: another view of it is another place. */
const VIEWS = ["view", "tab", "box", "list", "folder", "show", "archived", "of"];
/** Names of what is opened beside it. Another one in its place is no other place. */
const PANELS = ["step", "wait", "review", "trigger", "open"];

/** What a change of the address does to the history. */
export type Turn = "push" | "replace" | "back";

/**
 * Back leads from one view to the view before, and out of a panel: filters, searches and what is selected are only remembered.
 * A panel that closes takes the entry along that it opened with, or Back would lead from the page to itself.
 */
export function turnOf(before: URLSearchParams, after: URLSearchParams, isPanelEntry: boolean): Turn {
  if (VIEWS.some((name) => before.get(name) !== after.get(name))) return "push";
  if (PANELS.some((name) => !before.has(name) && after.has(name))) return "push";
  return isPanelEntry && !hasPanel(after) ? "back" : "replace";
}

export function hasPanel(params: URLSearchParams): boolean {
  return PANELS.some((name) => params.has(name));
}

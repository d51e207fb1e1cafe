import type { inferRouterInputs } from "@trpc/server";
import type { UrlChange } from "@/components/shell/use-url-state";
import { LAST_RUN_STATES, PUBLISH_STATES, WORKFLOW_SORTS } from "@/server/workflows/constants";
import type { AppRouter } from "@/server/trpc/root";

type Input = inferRouterInputs<AppRouter>["workflows"]["list"];

const SHELVES = ["active", "favorites", "archived", "deleted"] as const;
export type Shelf = (typeof SHELVES)[number];

/** What the list shows, as the address says it. What the address says wrongly is left out. */
export interface ListFilter {
  search: string;
  shelf: Shelf;
  folder: string | null;
  tags: string[];
  lastRun: (typeof LAST_RUN_STATES)[number][];
  state: (typeof PUBLISH_STATES)[number] | null;
  sort: (typeof WORKFLOW_SORTS)[number];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function readFilter(params: URLSearchParams): ListFilter {
  const folder = params.get("folder");
  const shelf = params.get("archived") === "1" ? "archived" : SHELVES.find((name) => name === params.get("show"));
  return {
    search: params.get("q") ?? "",
    shelf: shelf ?? "active",
    folder: folder !== null && (folder === "none" || UUID.test(folder)) ? folder : null,
    tags: params.getAll("tag").filter((id) => UUID.test(id)),
    lastRun: LAST_RUN_STATES.filter((status) => params.getAll("run").includes(status)),
    state: PUBLISH_STATES.find((name) => name === params.get("state")) ?? null,
    sort: WORKFLOW_SORTS.find((name) => name === params.get("sort")) ?? "updated",
  };
}

export function queryOf({ search, shelf, folder, tags, lastRun, state, sort }: ListFilter): Input {
  return {
    sort,
    ...(search === "" ? {} : { search }),
    ...(shelf === "archived" ? { archived: true } : shelf === "deleted" ? { deleted: true } : shelf === "favorites" ? { favorites: true } : {}),
    ...(folder === null ? {} : { folderId: folder }),
    ...(tags.length === 0 ? {} : { tagIds: tags }),
    ...(lastRun.length === 0 ? {} : { lastRun }),
    ...(state === null ? {} : { state }),
  };
}

/** Everything but the order and where one is. */
export const NO_FILTER: UrlChange = { q: null, tag: null, run: null, state: null };

export function isNarrowed({ search, tags, lastRun, state }: ListFilter): boolean {
  return search !== "" || tags.length > 0 || lastRun.length > 0 || state !== null;
}

/** Whether something lies where the shelf is of. What can be done differs from one to the other. */
export function isOnShelf({ archivedAt, deletedAt }: { archivedAt: string | null; deletedAt: string | null }, shelf: Shelf): boolean {
  const place = deletedAt !== null ? "deleted" : archivedAt !== null ? "archived" : "active";
  return place === (shelf === "favorites" ? "active" : shelf);
}

/** To another place of the list: folder and shelf exclude each other. */
export function placeChange(place: { shelf: Shelf } | { folder: string }): UrlChange {
  const shelf = "shelf" in place && place.shelf !== "active" ? place.shelf : null;
  return { archived: null, show: shelf, folder: "folder" in place ? place.folder : null };
}

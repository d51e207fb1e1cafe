"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/data/trpc";
import { type Chosen, lookAt, withoutGone } from "@/components/shell/chosen";
import { MAX_CHANGED_TOGETHER } from "@/server/workflows/constants";
import type { ListedWorkflow } from "@/server/workflows/contract";
import { isOnShelf, type Shelf } from "./list-filter";

/** What is chosen where the shelf is of. Whether that which the list does not show is still there is asked, as often as the list is. */
export function useChosenWorkflows(chosen: Chosen<ListedWorkflow>, shown: readonly ListedWorkflow[], shelf: Shelf): ReturnType<typeof lookAt<ListedWorkflow>> {
  const trpc = useTRPC();
  const here: Chosen<ListedWorkflow> = new Map([...chosen].filter(([, workflow]) => isOnShelf(workflow, shelf)));
  const ids = lookAt(here, shown).hidden.map(({ id }) => id).sort();
  const { data } = useQuery(trpc.workflows.list.queryOptions({ ids, limit: MAX_CHANGED_TOGETHER, archived: shelf === "archived", deleted: shelf === "deleted" }, { enabled: ids.length > 0 }));
  return lookAt(data === undefined ? here : withoutGone(here, ids, data.items), shown);
}

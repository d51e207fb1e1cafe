"use client";

import { useQuery } from "@tanstack/react-query";
import { Bookmark, Users } from "lucide-react";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useTRPC } from "@/components/data/trpc";
import { useLiveRefresh } from "@/components/live/use-live";
import { useHref } from "@/components/shell/workspace-context";
import { Button } from "@/components/ui/button";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import type { SavedView } from "@/server/saved-views/contract";
import { useViewChanges } from "./use-view-changes";
import { ViewMenu } from "./view-menu";

const SaveViewDialog = dynamic(() => import("./save-view-dialog").then((module) => module.SaveViewDialog), { ssr: false });

/** Named filters: one's own and those of the workspace. */
export function SavedViews({ query }: { query: string }) {
  const trpc = useTRPC();
  const router = useRouter();
  const href = useHref();
  const [isOpen, setOpen] = useState(false);
  const [isSaving, setSaving] = useState(false);
  const [renamed, setRenamed] = useState<SavedView | null>(null);
  const views = useQuery(trpc.savedViews.list.queryOptions({ page: "runs" }));
  useLiveRefresh("views", trpc.savedViews.list.pathKey());
  const changes = useViewChanges();
  const current = views.data?.find((view) => view.query === query);
  const open = (view: SavedView) => {
    setOpen(false);
    router.replace(href(`/runs?${view.query}`), { scroll: false });
  };
  return (
    <>
      <Popover open={isOpen} onOpenChange={setOpen}>
        <PopoverTrigger asChild>
          <Button>
            <Bookmark aria-hidden />
            <span className="max-w-40 truncate">{current?.name ?? "Views"}</span>
          </Button>
        </PopoverTrigger>
        <PopoverContent align="end" className="flex flex-col gap-2 p-2" aria-label="Saved views">
          {views.data?.length === 0 ? <p className="px-2 py-1 text-sm text-muted-foreground">Save the filter you see as a view, to come back to it by its name.</p> : null}
          <ul className="flex max-h-72 flex-col overflow-y-auto">
            {views.data?.map((view) => (
              <li key={view.id} className="flex items-center gap-1">
                <Button variant="ghost" className="min-w-0 flex-1 justify-start" aria-current={view === current ? "true" : undefined} onClick={() => open(view)}>
                  <span className="truncate">{view.name}</span>
                  {view.shared ? <Users aria-label={`Shared by ${view.owner ?? "somebody"}`} className="opacity-60" /> : null}
                </Button>
                {view.mayChange ? <ViewMenu view={view} query={query} onRename={() => { setOpen(false); setRenamed(view); }} changes={changes} /> : null}
              </li>
            ))}
          </ul>
          <Button variant="primary" disabled={query === ""} onClick={() => { setOpen(false); setSaving(true); }}>
            Save this filter …
          </Button>
          {query === "" ? <p className="px-1 text-xs text-muted-foreground">Nothing is filtered just now.</p> : null}
        </PopoverContent>
      </Popover>
      {isSaving ? <SaveViewDialog query={query} close={() => setSaving(false)} /> : null}
      {renamed === null ? null : <SaveViewDialog view={renamed} query={renamed.query} close={() => setRenamed(null)} />}
    </>
  );
}

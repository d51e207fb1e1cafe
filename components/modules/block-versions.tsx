"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { GitCompare } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "@/components/data/trpc";
import { LoadMore } from "@/components/shell/load-more";
import { Moment } from "@/components/time/moment";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { joinedVersions } from "@/components/workflows/joined-versions";
import { BLOCK_VERSIONS_PAGE } from "@/server/modules/constants";
import type { ModuleDetail } from "@/server/modules/contract";
import { BlockVersionsDialog } from "./block-versions-dialog";

export type Block = Omit<ModuleDetail, "inputSchema">;

/** Every version, newest first. Choosing one shows it. */
export function BlockVersions({ block, shown, onShow }: { block: Block; shown: number; onShow: (number: number) => void }) {
  const [compared, setCompared] = useState<number | null>(null);
  const { versions, more } = useVersions(block);
  return (
    <section aria-label="Versions" className="flex flex-col gap-2">
      <h2 className="text-sm font-semibold">Versions</h2>
      <ol className="divide-y rounded-lg border bg-card">
        {versions.map(({ number, note, author, createdAt }) => (
          <li key={number} className={cn("flex items-start gap-2 px-3 py-2", number === shown && "bg-primary/5")}>
            <div className="flex min-w-0 flex-1 basis-40 flex-col gap-0.5">
              <button type="button" aria-current={number === shown ? "true" : undefined} onClick={() => onShow(number)} className="self-start rounded-sm text-sm font-medium hover:underline">
                Version {number}
              </button>
              {note ? <p className="text-sm break-words whitespace-pre-wrap">{note}</p> : null}
              <p className="text-xs text-muted-foreground"><Moment at={createdAt} />{author === null ? "" : ` by ${author.name}`}</p>
            </div>
            {number > 1 ? (
              <Button variant="ghost" size="icon-sm" aria-label={`What version ${number} changed`} title="What it changed" onClick={() => setCompared(number)}><GitCompare aria-hidden /></Button>
            ) : null}
          </li>
        ))}
      </ol>
      <LoadMore {...more} />
      {compared === null ? null : <BlockVersionsDialog block={block} before={compared - 1} after={compared} close={() => setCompared(null)} />}
    </section>
  );
}

/** The newest come with the block, earlier ones page by page. */
function useVersions({ slug, versions }: Block) {
  const trpc = useTRPC();
  const [first] = useState(versions);
  const options = trpc.modules.versions.infiniteQueryOptions(
    { module: slug },
    { initialCursor: first.at(-1)?.number, getNextPageParam: (page) => (page.length < BLOCK_VERSIONS_PAGE ? undefined : page.at(-1)?.number) },
  );
  const earlier = useInfiniteQuery({ ...options, enabled: false });
  return {
    // A version that was published meanwhile pushes another off the newest, which the earlier ones do not begin with.
    versions: joinedVersions(earlier.data?.pages.flat() ?? [], first, versions),
    more: {
      hasNextPage: earlier.data === undefined ? first.length >= BLOCK_VERSIONS_PAGE : earlier.hasNextPage,
      isFetchingNextPage: earlier.isFetching,
      fetchNextPage: (options: { throwOnError: boolean }): Promise<unknown> => (earlier.data === undefined ? earlier.refetch(options) : earlier.fetchNextPage(options)),
    },
  };
}

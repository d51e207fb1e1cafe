"use client";

import { useQuery } from "@tanstack/react-query";
import { Blocks } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { useLiveRefresh } from "@/components/live/use-live";
import { fits } from "@/components/palette/search";
import { PageHeader } from "@/components/shell/page-header";
import { SearchField } from "@/components/shell/search-field";
import { useHref } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { SkeletonRows } from "@/components/ui/skeleton";

/** Every block of the workspace. */
export function BlocksPage() {
  const trpc = useTRPC();
  const href = useHref();
  const blocks = useQuery(trpc.modules.list.queryOptions());
  useLiveRefresh("workflows", trpc.modules.list.pathKey());
  const [search, setSearch] = useState("");
  const shown = (blocks.data ?? []).filter(({ name, slug, description }) => fits(search, name, `${slug} ${description}`));
  return (
    <>
      <PageHeader crumbs={[{ label: "Workflows", href: href("/workflows") }]} title="Blocks">
        <p className="text-sm text-muted-foreground">Pieces of workflow that are kept under a name, in versions, and placed like a step.</p>
      </PageHeader>
      <div className="flex flex-col gap-3 px-4 py-4 pb-10 sm:px-6">
        {blocks.isPending ? (
          <SkeletonRows />
        ) : blocks.isError ? (
          <ErrorState error={blocks.error} retry={() => void blocks.refetch()} what="the blocks" />
        ) : blocks.data.length === 0 ? (
          <EmptyState icon={Blocks} title="No blocks yet" actions={<Button asChild><Link href={href("/workflows")}>Open a workflow</Link></Button>}>
            Select steps on the canvas of a workflow and choose “Save as block”: one step takes their place, and other workflows can use it too.
          </EmptyState>
        ) : (
          <>
            <SearchField label="Search blocks" value={search} onSearch={setSearch} className="w-full sm:w-72" />
            {shown.length === 0 ? <p className="py-6 text-sm text-muted-foreground">No block is called that.</p> : (
              <ul className="divide-y rounded-lg border bg-card" aria-label="Blocks">
                {shown.map(({ slug, name, description, latest, updatedAt }) => (
                  <li key={slug} className="relative flex flex-col gap-1 px-4 py-3 transition-colors first:rounded-t-lg last:rounded-b-lg focus-within:bg-muted/60 hover:bg-muted/60">
                    <div className="flex flex-wrap items-center gap-2">
                      <Link href={href(`/workflows/blocks/${slug}`)} className="font-medium break-words after:absolute after:inset-0">{name}</Link>
                      <Badge>Version {latest}</Badge>
                    </div>
                    {description ? <p className="line-clamp-1 text-sm text-muted-foreground">{description}</p> : null}
                    <p className="text-xs text-muted-foreground"><code className="font-mono">{slug}</code>, changed <Moment at={updatedAt} /></p>
                  </li>
                ))}
              </ul>
            )}
          </>
        )}
      </div>
    </>
  );
}

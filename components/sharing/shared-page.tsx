"use client";

import { Eye, PencilRuler } from "lucide-react";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { useMemo, useState } from "react";
import { LazyCanvas } from "@/components/canvas/lazy-canvas";
import { Logo } from "@/components/shell/logo";
import { ThemeMenu } from "@/components/shell/theme-menu";
import { StatusBadge } from "@/components/status/status-badge";
import { Moment } from "@/components/time/moment";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Segments } from "@/components/ui/segments";
import { NodePanel } from "@/components/workflows/node-panel";
import { findNode } from "@/components/workflows/find-node";
import type { SharedWorkflow } from "@/server/shares/contract";

/** What a link shows to members of the organization: the drawing and how each step is set up. Nothing can be changed here. */
export function SharedPage({ shared }: { shared: SharedWorkflow }) {
  const [shown, setShown] = useState<"published" | "draft">(shared.published === null ? "draft" : "published");
  const definition = shown === "published" && shared.published !== null ? shared.published.definition : shared.draft.definition;
  const selected = useSearchParams().get("node");
  const node = useMemo(() => findNode(definition, selected), [definition, selected]);
  return (
    <div className="flex h-dvh flex-col">
      <header className="flex flex-col gap-2 border-b px-4 py-3 sm:px-6">
        <div className="flex items-center gap-2 text-xs text-muted-foreground">
          <Logo className="size-5 shrink-0" />
          <span className="min-w-0 flex-1 truncate">{shared.workspaceName}</span>
          <Badge><Eye aria-hidden />Read only</Badge>
          <ThemeMenu />
        </div>
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-3">
          <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
            <h1 className="min-w-0 text-lg font-semibold break-words sm:text-xl">{shared.name}</h1>
            {shared.archived ? <Badge tone="warning">Archived</Badge> : null}
          </div>
          <div className="flex flex-wrap items-center gap-2">
            {shared.published === null ? <Badge>Not published yet</Badge> : (
              <Segments
                label="What is shown"
                value={shown}
                onChange={setShown}
                options={[{ value: "published", label: `Version ${shared.published.number}` }, { value: "draft", label: "Draft" }]}
              />
            )}
            {shared.href === null ? null : (
              <Button asChild size="sm">
                <Link href={shared.href}><PencilRuler aria-hidden />Open in the workspace</Link>
              </Button>
            )}
          </div>
        </div>
        {shared.description ? <p className="line-clamp-2 max-w-3xl text-sm text-muted-foreground" title={shared.description}>{shared.description}</p> : null}
        <p className="text-xs text-muted-foreground">
          {shown === "published" && shared.published !== null ? <>Published <Moment at={shared.published.publishedAt} /></> : <>Draft, edited <Moment at={shared.draft.updatedAt} /></>}
          {shared.sharedBy === null ? ". The link" : <>. Shared by {shared.sharedBy}; the link</>} works until <Moment at={shared.expiresAt} />.
        </p>
      </header>
      <main className="flex min-h-0 flex-1">
        <div className="min-w-0 flex-1">
          <LazyCanvas document={definition} selected={selected} onSelect={(id) => select(id)} label={`Canvas of ${shared.name}`} />
        </div>
        {node === null ? null : <NodePanel node={node.content} problems={[]} onClose={() => select(null)} isAtHome={false} />}
      </main>
      {shared.runs === null ? null : <LatestRuns runs={shared.runs} />}
    </div>
  );
}

/** In the address without asking the server again. */
function select(id: string | null): void {
  window.history.replaceState(null, "", id === null ? window.location.pathname : `?node=${encodeURIComponent(id)}`);
}

/** How it went lately; values stay in the workspace. */
function LatestRuns({ runs }: { runs: NonNullable<SharedWorkflow["runs"]> }) {
  return (
    <section aria-label="Latest runs" className="flex items-center gap-4 overflow-x-auto border-t px-4 py-2 sm:px-6" tabIndex={0}>
      <h2 className="shrink-0 text-xs font-medium text-muted-foreground">Latest runs</h2>
      {runs.length === 0 ? <p className="text-xs text-muted-foreground">None yet.</p> : (
        <ol className="flex items-center gap-4">
          {runs.map((run, index) => (
            <li key={`${run.createdAt} ${index}`} className="flex shrink-0 items-center gap-1.5 text-xs text-muted-foreground">
              <StatusBadge status={run.status} />
              <Moment at={run.createdAt} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

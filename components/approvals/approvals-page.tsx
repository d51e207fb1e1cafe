"use client";

import { FileCheck } from "lucide-react";
import Link from "next/link";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { RestingList } from "@/components/live/resting-list";
import { useLiveRefresh } from "@/components/live/use-live";
import { LiveIndicator } from "@/components/runs/live-indicator";
import { LoadMore } from "@/components/shell/load-more";
import { PageHeader } from "@/components/shell/page-header";
import { useMediaQuery, WIDE } from "@/components/shell/use-media-query";
import { useUrlState } from "@/components/shell/use-url-state";
import { useHref } from "@/components/shell/workspace-context";
import { Button } from "@/components/ui/button";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { ApprovalDetail } from "./approval-detail";
import { ApprovalList } from "./approval-list";
import { BOX_LABELS, BOXES, neighbour, readBox, type Box } from "./boxes";
import { EmptyBox } from "./empty-box";
import { useBox } from "./use-box";
import { useListKeys } from "./use-list-keys";

/** What waits for the person, what waits for others, and what the person answered: a list, and one of it in full. */
export function ApprovalsPage() {
  const trpc = useTRPC();
  const { params, change } = useUrlState();
  const box = readBox(params.get("box"));
  useLiveRefresh("runs", trpc.waits.counts.pathKey());
  return (
    <div className="flex flex-1 flex-col lg:h-dvh lg:flex-none">
      <PageHeader title="Approvals" meta={<LiveIndicator />} actions={<ReviewsLink />} />
      <Tabs value={box} onValueChange={(next) => change({ box: next === "mine" ? null : next, wait: null })} className="flex min-h-0 flex-1 flex-col">
        <TabsList className="shrink-0 px-3 sm:px-5" aria-label="Boxes">
          {BOXES.map((name) => (
            <TabsTrigger key={name} value={name}>
              {BOX_LABELS[name]}
              <Count box={name} />
            </TabsTrigger>
          ))}
        </TabsList>
        <TabsContent value={box} className="flex min-h-0 flex-1 flex-col">
          <OpenBox key={box} box={box} chosen={params.get("wait")} choose={(wait) => change({ wait })} />
        </TabsContent>
      </Tabs>
    </div>
  );
}

/** Drafts and versions are approved beside what runs ask. */
function ReviewsLink() {
  const href = useHref();
  return (
    <Button asChild>
      <Link href={href("/reviews")}>
        <FileCheck aria-hidden />
        Reviews
      </Link>
    </Button>
  );
}

function Count({ box }: { box: Box }) {
  const trpc = useTRPC();
  const { data } = useQuery({ ...trpc.waits.counts.queryOptions(), enabled: box !== "answered" });
  if (box === "answered" || data === undefined) return null;
  return <span className="rounded-full bg-muted px-1.5 text-xs text-muted-foreground tabular-nums">{`${data[box]}${data.atLeast ? "+" : ""}`}</span>;
}

interface OpenBoxProps {
  box: Box;
  /** Named by the address: a permalink may lead to one that is not in the box any more. */
  chosen: string | null;
  choose: (waitId: string | null) => void;
}

function OpenBox({ box, chosen, choose }: OpenBoxProps) {
  const isWide = useMediaQuery(WIDE);
  const { query, entries: rows, gone, resting, isPending } = useBox(box);
  // What is opened by itself stays open: a newer one does not take the place of the form that somebody fills in.
  const [opened, setOpened] = useState<string | null>(null);
  // The list may be asked for again later than the next answer is given.
  const [answered, setAnswered] = useState<readonly string[]>([]);
  // Of those that are gone, the person knows these.
  const entries = rows.filter(({ id }) => !gone.has(id) || !answered.includes(id));
  const ids = entries.map(({ id }) => id);
  const isOpen = (id: string) => !answered.includes(id) && !gone.has(id);
  const next = opened ?? ids.find(isOpen) ?? null;
  if (isWide && chosen === null && next !== opened) setOpened(next);
  const shown = chosen ?? (isWide ? next : null);
  const goOn = (from: string) => {
    const left = ids.filter((id) => id === from || isOpen(id));
    const at = left.indexOf(from);
    setAnswered([...answered, from]);
    setOpened((at === -1 ? null : (left[at + 1] ?? left[at - 1])) ?? null);
    choose(null);
  };
  useListKeys({ move: (step) => choose(neighbour(ids, shown, step)) });
  if (isPending) return <SkeletonRows count={5} />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} what="the approvals" />;
  if (entries.length === 0 && shown === null) return <EmptyBox box={box} />;
  const list = (
    <>
      <RestingList {...resting}>
        <ApprovalList entries={entries} gone={gone} shown={shown} choose={choose} label={BOX_LABELS[box]} />
      </RestingList>
      <LoadMore {...query} />
    </>
  );
  const detail = shown === null ? null : <ApprovalDetail key={shown} waitId={shown} back={isWide ? undefined : () => choose(null)} onAnswered={() => goOn(shown)} />;
  if (!isWide) return <div className="min-w-0">{detail ?? list}</div>;
  return (
    <div className="flex min-h-0 flex-1">
      <div className="w-96 shrink-0 overflow-y-auto border-r">
        {list}
        <p className="px-4 py-3 text-xs text-muted-foreground">
          <Key>J</Key> and <Key>K</Key> go through the list, <Key>Enter</Key> goes to the form.
        </p>
      </div>
      <div className="min-w-0 flex-1 overflow-y-auto">{detail}</div>
    </div>
  );
}

function Key({ children }: { children: string }) {
  return <kbd className="rounded border bg-muted px-1 font-mono text-xs">{children}</kbd>;
}

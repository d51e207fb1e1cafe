"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { Skeleton } from "@/components/ui/skeleton";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { StepPager } from "@/components/values/slice-pager";
import { SLICE_MEMBERS, useSlice, useValue, type ValueRef } from "@/components/values/use-value";
import { LazyJsonDiff } from "@/components/versions/lazy-json-diff";
import { diffText, sliceText } from "./compare-texts";
import type { ComparedPart, PartOfStep } from "./compare-parts";

export interface PlaceOfBoth {
  runId: string;
  otherId: string;
  /** Empty: the runs themselves. */
  path: string;
  nodeId: string;
}

/** Values are those of ended or going runs: what is shown is as it was when the comparison was opened. */
const VERSION = "compared";

/** Input, output, error and config of one step in both runs, as one text with what came and what went. */
export function CompareValues({ parts, place }: { parts: readonly PartOfStep[]; place: PlaceOfBoth }) {
  return (
    <Tabs defaultValue={parts[0]?.part} className="flex flex-col gap-2">
      <TabsList aria-label="What is compared">
        {parts.map(({ part, title, isSame }) => (
          <TabsTrigger key={part} value={part}>
            {title}
            <span className="text-xs font-normal text-muted-foreground">{isSame ? "same" : "different"}</span>
          </TabsTrigger>
        ))}
      </TabsList>
      {parts.map(({ part, title }) => (
        <TabsContent key={part} value={part}>
          {part === "config" ? <ConfigDiff place={place} /> : <ValueDiff place={place} what={part} label={title} />}
        </TabsContent>
      ))}
    </Tabs>
  );
}

function ConfigDiff({ place }: { place: PlaceOfBoth }) {
  const trpc = useTRPC();
  const { runId, otherId, nodeId } = place;
  const node = useQuery(trpc.runs.compareNode.queryOptions({ runId, otherId, nodeId }));
  if (node.isPending) return <Skeleton className="h-24 w-full" />;
  if (node.isError) return <ErrorState error={node.error} retry={() => void node.refetch()} what="the config" />;
  return <Diff left={node.data.left} right={node.data.right} label="Config" />;
}

function ValueDiff({ place, what, label }: { place: PlaceOfBoth; what: Exclude<ComparedPart, "config">; label: string }) {
  const refs = { left: { runId: place.runId, path: place.path, what }, right: { runId: place.otherId, path: place.path, what } };
  const left = useValue(refs.left, VERSION);
  const right = useValue(refs.right, VERSION);
  const failed = left.isError ? left : right.isError ? right : null;
  if (failed !== null) return <ErrorState error={failed.error} retry={() => void failed.refetch()} what={`the ${label.toLowerCase()}`} />;
  if (left.data === undefined || right.data === undefined) return <Skeleton className="h-24 w-full" />;
  const isLarge = [left.data, right.data].some(({ total, text }) => total !== null && text === null);
  if (isLarge) return <SlicedDiff {...refs} label={label} />;
  return <Diff left={diffText(left.data.text)} right={diffText(right.data.text)} label={label} />;
}

/** Of large values a part at a time; members that are long themselves by their beginning and their size. */
function SlicedDiff({ left, right, label }: { left: ValueRef; right: ValueRef; label: string }) {
  const [from, setFrom] = useState(0);
  const one = useSlice(left, VERSION, "", from);
  const other = useSlice(right, VERSION, "", from);
  const failed = one.isError ? one : other.isError ? other : null;
  if (failed !== null) return <ErrorState error={failed.error} retry={() => void failed.refetch()} what="this part" />;
  if (one.data === undefined || other.data === undefined) return <Skeleton className="h-24 w-full" />;
  const count = Math.max(one.data?.items.length ?? 0, other.data?.items.length ?? 0);
  return (
    <div className="flex flex-col gap-1">
      <Diff left={sliceText(one.data)} right={sliceText(other.data)} label={label} />
      <p className="text-xs text-muted-foreground">Large: compared by the members at the top; long ones by their beginning and their size.</p>
      <StepPager from={from} count={count} total={Math.max(one.data?.total ?? 0, other.data?.total ?? 0)} what="members" step={SLICE_MEMBERS} onChange={setFrom} />
    </div>
  );
}

function Diff({ left, right, label }: { left: string | null; right: string | null; label: string }) {
  if (left === null && right === null) return <p className="text-sm text-muted-foreground">There is none in either run.</p>;
  return (
    <div className="flex flex-col gap-1">
      {left === right ? <p role="status" className="text-xs text-muted-foreground">The same in both runs.</p> : null}
      {left === null ? <p className="text-xs text-muted-foreground">Only the other run has one.</p> : null}
      {right === null ? <p className="text-xs text-muted-foreground">Only this run has one.</p> : null}
      <div className="h-72 overflow-hidden rounded-md border">
        <LazyJsonDiff before={left ?? ""} after={right ?? ""} label={`${label}: from this run to the other`} />
      </div>
    </div>
  );
}

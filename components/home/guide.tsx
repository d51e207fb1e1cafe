"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";
import Link from "next/link";
import { useEffect, useRef } from "react";
import { toast } from "@/components/ui/toast";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { useLiveRefresh } from "@/components/live/use-live";
import { useHref, useWorkspace } from "@/components/shell/workspace-context";
import { StatusBadge } from "@/components/status/status-badge";
import { Duration, Moment } from "@/components/time/moment";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { ValueView } from "@/components/values/value-view";
import type { Guide as GuideData } from "@/server/home/contract";
import { keepGuideRoom } from "./guide-room";
import { GuideSteps } from "./guide-steps";

/** For somebody who is here for the first time: an example that really ran, and what to do next. */
export function Guide() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.home.guide.queryOptions());
  const card = useRef<HTMLDivElement>(null);
  const { id: workspaceId } = useWorkspace().current;
  useEffect(() => {
    if (data !== undefined) keepGuideRoom(workspaceId, card.current?.offsetHeight ?? 0);
  }, [data, workspaceId]);
  useLiveRefresh(data == null || data.run.finishedAt !== null ? null : `run:${data.run.id}`, trpc.home.guide.pathKey());
  const hide = useHideGuide();
  if (data == null) return null;
  return <div ref={card}><GuideCard {...data} hide={hide} /></div>;
}

function useHideGuide(): () => void {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const key = trpc.home.guide.queryKey();
  const show = useMutation(
    trpc.home.showGuide.mutationOptions({
      onSettled: () => queryClient.invalidateQueries({ queryKey: key }),
      onError: (error) => void toast.error(readRefusal(error).message),
    }),
  );
  return () => {
    queryClient.setQueryData(key, null);
    show.mutate({ shown: false });
    toast("The guide is put away.", { action: { label: "Undo", onClick: () => show.mutate({ shown: true }) } });
  };
}

function GuideCard({ workflow, run, hide }: NonNullable<GuideData> & { hide: () => void }) {
  const href = useHref();
  const isOver = run.finishedAt !== null;
  return (
    <Card className="border-primary/30">
      <section aria-labelledby="guide-title" className="flex flex-col gap-4 p-4 sm:p-5">
        <div className="flex items-start gap-3">
          <div className="flex min-w-0 flex-1 flex-col gap-1">
            <h2 id="guide-title" className="text-base font-semibold">
              Welcome. A workflow has run here already.
            </h2>
            <p className="max-w-2xl text-sm text-muted-foreground">
              <Link href={href(`/runs/${run.id}`)} className="text-primary underline underline-offset-4">
                {workflow.name}
              </Link>{" "}
              loaded an order, asked for the stock of its lines three at a time, and took the payment, retrying as the payment service was busy. Every step was stored as it happened.
            </p>
          </div>
          <Button variant="ghost" size="icon-sm" aria-label="Put the guide away" onClick={hide}>
            <X aria-hidden />
          </Button>
        </div>
        <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
          <div className="flex min-w-0 flex-col gap-2">
            <h3 className="flex flex-wrap items-center gap-2 text-sm font-medium">
              Its result
              <StatusBadge status={run.status} />
              <span className="text-xs font-normal text-muted-foreground">
                <Moment at={run.startedAt ?? run.createdAt} />, took <Duration from={run.startedAt} to={run.finishedAt} className="tabular-nums" />
              </span>
            </h3>
            {isOver ? <ValueView value={{ runId: run.id, path: "", what: run.status === "succeeded" ? "output" : "error" }} version={run.status} label="Result" /> : <Skeleton className="h-24" />}
            <Button asChild size="sm" className="self-start">
              <Link href={href(`/runs/${run.id}`)}>See every step of the run</Link>
            </Button>
          </div>
          <GuideSteps workflow={workflow} />
        </div>
      </section>
    </Card>
  );
}

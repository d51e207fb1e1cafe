"use client";

import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { RotateCw, Send } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { toast } from "@/components/ui/toast";
import { ErrorState } from "@/components/data/error-state";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Gone, RestingList } from "@/components/live/resting-list";
import { useLiveRefresh } from "@/components/live/use-live";
import { useRestOfPages } from "@/components/live/use-rest";
import { LoadMore } from "@/components/shell/load-more";
import { useHref, useMay } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Select } from "@/components/ui/select";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { DeliveryView } from "@/server/alerts/contract";
import { DeliveryStatus } from "./delivery-status";
import { SeverityIcon } from "./severity-icon";
import { tellOutcome } from "./tell-outcome";

const FILTERS = [
  { value: "all", label: "All" },
  { value: "pending", label: "To be sent" },
  { value: "sent", label: "Sent" },
  { value: "failed", label: "Failed" },
] as const;

/** Everything that was to be sent, and how that went. */
export function DeliveriesTab() {
  const trpc = useTRPC();
  const [filter, setFilter] = useState<string>("all");
  const status = filter === "all" ? undefined : (filter as DeliveryView["status"]);
  const deliveries = useInfiniteQuery(trpc.alerts.deliveries.infiniteQueryOptions({ limit: 50, status }, { getNextPageParam: (page) => page.nextCursor }));
  useLiveRefresh("alerts", trpc.alerts.deliveries.pathKey());
  const { rows: items, gone, resting } = useRestOfPages(deliveries, deliveries.isPending ? "" : filter);
  return (
    <Card>
      <CardHeader title="Deliveries" description="Kept for 90 days." actions={<Select aria-label="Status" className="w-36" value={filter} onValueChange={setFilter} options={FILTERS} />} />
      {deliveries.isPending ? (
        <SkeletonRows count={4} />
      ) : deliveries.isError ? (
        <ErrorState error={deliveries.error} retry={() => void deliveries.refetch()} what="the deliveries" />
      ) : items.length === 0 ? (
        <EmptyState icon={Send} title={status === undefined ? "Nothing was sent yet" : "None of these"}>
          What rules send to channels and mailboxes is listed here, with what the other side answered.
        </EmptyState>
      ) : (
        <RestingList {...resting}>
          <ul className="divide-y" aria-label="Deliveries">
            {items.map((delivery) => (
              <DeliveryRow key={delivery.id} delivery={delivery} isGone={gone.has(delivery.id)} />
            ))}
          </ul>
        </RestingList>
      )}
      <LoadMore {...deliveries} />
    </Card>
  );
}

function DeliveryRow({ delivery, isGone }: { delivery: DeliveryView; isGone: boolean }) {
  const trpc = useTRPC();
  const href = useHref();
  const queryClient = useQueryClient();
  const mayWrite = useMay("settings:write");
  const retry = useMutation(
    trpc.alerts.retryDelivery.mutationOptions({
      onSettled: () => queryClient.invalidateQueries({ queryKey: trpc.alerts.pathKey() }),
      onSuccess: tellOutcome,
      onError: (error) => void toast.error(readRefusal(error).message),
    }),
  );
  const { id, title, path, channel, recipient, rule, status, attempts, error, createdAt, dueAt, sentAt, severity } = delivery;
  return (
    <li data-gone={isGone || undefined} className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3 text-sm">
      <SeverityIcon severity={severity} className="mt-0.5" />
      <div className="flex min-w-0 flex-1 basis-60 flex-col gap-1">
        <Link href={href(path)} className="font-medium break-words underline-offset-4 hover:underline">{title}</Link>
        <p className="text-xs break-all text-muted-foreground">
          To {channel?.name ?? recipient}
          {rule === null ? "" : `, by the rule ${rule}`}
        </p>
        {error === null ? null : <p className="text-xs break-words text-destructive">{error}</p>}
        {status === "pending" && attempts > 0 ? <p className="text-xs text-muted-foreground">Attempt {attempts + 1} <Moment at={dueAt} /></p> : null}
      </div>
      <div className="flex items-center gap-3">
        <Moment at={sentAt ?? createdAt} className="text-xs text-muted-foreground" />
        {isGone ? <Gone /> : <DeliveryStatus status={status} />}
        {mayWrite && !isGone && (status === "failed" || (status === "pending" && attempts > 0)) ? (
          <Button size="sm" disabled={retry.isPending} aria-label={`Send ${title} again`} onClick={() => retry.mutate({ deliveryId: id })}>
            <RotateCw aria-hidden />
            Send again
          </Button>
        ) : null}
      </div>
    </li>
  );
}

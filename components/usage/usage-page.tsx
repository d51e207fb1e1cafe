"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Download, Gauge } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { useHref, useOrganization, useWorkspace } from "@/components/shell/workspace-context";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { SkeletonRows } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { METRICS } from "@/server/usage/constants";
import type { QuotaView, UsageView } from "@/server/usage/contract";
import { QuotaDialog } from "./quota-dialog";
import { QuotaList } from "./quota-list";
import { UsageChart } from "./usage-chart";
import { UsageTable } from "./usage-table";

/** What the workspace used in the last months, and how much it may. */
export function UsagePage() {
  const trpc = useTRPC();
  const { slug } = useWorkspace().current;
  const usage = useQuery(trpc.usage.get.queryOptions());
  if (usage.isPending) return <Card><SkeletonRows count={8} /></Card>;
  if (usage.isError) return <Card><ErrorState error={usage.error} retry={() => void usage.refetch()} what="the usage" /></Card>;
  return (
    <div className="flex flex-col gap-5">
      <Reached usage={usage.data} />
      <Quotas quotas={usage.data.quotas} />
      <Card>
        <CardHeader
          title="Usage"
          description="By calendar month (UTC), a minute or so behind. Compute is the time that steps were at work, without waiting; storage the most that large values and files took."
          actions={<Button asChild><a href={`/api/export/usage?workspace=${slug}`} download><Download aria-hidden />Export as CSV</a></Button>}
        />
        <UsageChart months={usage.data.months} />
        <div className="border-t"><UsageTable months={usage.data.months} /></div>
      </Card>
    </div>
  );
}

function Reached({ usage: { quotaReached, heldEvents } }: { usage: UsageView }) {
  const href = useHref();
  if (quotaReached === null) return null;
  return (
    <Alert tone="danger" title={`Nothing new starts: ${quotaReached} is used up.`}>
      Runs that are under way go on. {heldEvents === 0 ? "Events are held" : `${heldEvents.toLocaleString()} ${heldEvents === 1 ? "event is" : "events are"} held`} in the inbox of their <Link className="underline underline-offset-4" href={href("/triggers")}>triggers</Link> and go on by themselves when there is room.
    </Alert>
  );
}

function Quotas({ quotas }: { quotas: readonly QuotaView[] }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { current } = useWorkspace();
  const mayWrite = useOrganization()?.permissions.includes("workspace:manage") ?? false;
  const [open, setOpen] = useState<{ quota: QuotaView | null } | null>(null);
  const save = useMutation(trpc.usage.setQuota.mutationOptions({
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: trpc.usage.pathKey() });
      setOpen(null);
      toast("The quota was saved.");
    },
  }));
  const edit = (quota: QuotaView | null) => {
    save.reset();
    setOpen({ quota });
  };
  const own = quotas.filter((quota) => quota.of === "workspace");
  const shared = quotas.filter((quota) => quota.of === "organization");
  const taken = own.map(({ metric }) => metric);
  return (
    <Card>
      <CardHeader
        title="Quotas"
        description="How much the workspace may use in a month. Quotas of the whole organization are set by the installation's administrators."
        actions={mayWrite && taken.length < METRICS.length ? <Button onClick={() => edit(null)}>New quota</Button> : null}
      />
      {quotas.length === 0 ? <EmptyState icon={Gauge} title="No quotas">Warn before a month gets expensive, or stop new runs when it is.</EmptyState> : (
        <>
          {own.length === 0 ? null : <QuotaList quotas={own} onEdit={mayWrite ? edit : undefined} />}
          {shared.length === 0 ? null : <div className={own.length === 0 ? "" : "border-t"}><QuotaList quotas={shared} /></div>}
        </>
      )}
      {open === null ? null : <QuotaDialog quota={open.quota} taken={taken} save={save} onSave={(value) => save.mutate({ workspaceId: current.id, ...value })} close={() => setOpen(null)} />}
    </Card>
  );
}

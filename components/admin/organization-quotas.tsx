"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Gauge } from "lucide-react";
import { useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { QuotaDialog } from "@/components/usage/quota-dialog";
import { QuotaList } from "@/components/usage/quota-list";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { EmptyState } from "@/components/ui/empty-state";
import { SkeletonRows } from "@/components/ui/skeleton";
import { METRICS } from "@/server/usage/constants";
import type { OrganizationRow } from "@/server/admin/contract";
import type { QuotaView } from "@/server/usage/contract";

/** Quotas of all workspaces of an organization together. */
export function OrganizationQuotas({ organization: { id: organizationId, name }, close }: { organization: OrganizationRow; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const quotas = useQuery(trpc.admin.quotas.queryOptions({ organizationId }));
  const [editing, setEditing] = useState<{ quota: QuotaView | null } | null>(null);
  const save = useMutation(trpc.admin.setQuota.mutationOptions({
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: trpc.admin.pathKey() });
      setEditing(null);
    },
  }));
  const taken = quotas.data?.map(({ metric }) => metric) ?? [];
  if (editing !== null) return <QuotaDialog quota={editing.quota} taken={taken} save={save} onSave={(value) => save.mutate({ organizationId, ...value })} close={() => setEditing(null)} />;
  const edit = (quota: QuotaView | null) => {
    save.reset();
    setEditing({ quota });
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={`Quotas of ${name}`}
        description="For all its workspaces together."
        footer={
          <>
            {quotas.isSuccess && taken.length < METRICS.length ? <Button className="mr-auto" onClick={() => edit(null)}>New quota</Button> : null}
            <Button variant="primary" onClick={close}>Done</Button>
          </>
        }
      >
        {quotas.isPending ? <SkeletonRows count={2} /> : quotas.isError ? <ErrorState error={quotas.error} retry={() => void quotas.refetch()} what="the quotas" /> : quotas.data.length === 0 ? (
          <EmptyState icon={Gauge} title="No quotas">It may use as much as the installation has.</EmptyState>
        ) : (
          <div className="-mx-4"><QuotaList quotas={quotas.data} onEdit={edit} /></div>
        )}
      </DialogContent>
    </Dialog>
  );
}

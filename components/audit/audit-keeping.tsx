"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { RadioTower } from "lucide-react";
import { useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { Moment } from "@/components/time/moment";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Switch } from "@/components/ui/switch";
import { toast } from "@/components/ui/toast";
import type { AuditKeeping as Keeping, StreamView } from "@/server/audit-streams/contract";
import { KeepDays } from "./keep-days";
import { StreamDialog } from "./stream-dialog";

const REFRESH_MILLISECONDS = 5_000;

/** Where the entries of an organization's chain, or the installation's own, go to, and how long they stay. */
export function AuditKeeping({ of }: { of: "organization" | "installation" }) {
  const trpc = useTRPC();
  const api = of === "organization" ? trpc.auditStreams : trpc.platformAudit;
  const keeping = useQuery({ ...api.get.queryOptions(), refetchInterval: REFRESH_MILLISECONDS });
  if (keeping.isPending) return <Card><SkeletonRows count={4} /></Card>;
  if (keeping.isError) return <Card><ErrorState error={keeping.error} retry={() => void keeping.refetch()} what="streaming and retention" /></Card>;
  return (
    <>
      <Streaming of={of} keeping={keeping.data} />
      <Card>
        <CardHeader title="Retention" description={`Entries of ${of === "organization" ? "the organization" : "the installation itself"} that are older go, from the beginning of the chain on. What is left can still be checked.`} />
        <KeepDays key={keeping.data.keepDays} of={of} keeping={keeping.data} />
      </Card>
    </>
  );
}

function Streaming({ of, keeping: { stream } }: { of: "organization" | "installation"; keeping: Keeping }) {
  const [open, setOpen] = useState<"edit" | "remove" | null>(null);
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const api = of === "organization" ? trpc.auditStreams : trpc.platformAudit;
  const remove = useMutation(api.remove.mutationOptions({
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: api.pathKey() });
      setOpen(null);
    },
  }));
  return (
    <Card>
      <CardHeader
        title="Streaming"
        description={of === "organization" ? "Sends every sealed entry of the organization, all its workspaces included, to a place where nobody here can change it." : "Sends the installation's own entries: sign-ins, and what its administrators do. What happens in organizations is theirs to stream."}
        actions={stream === null ? <Button variant="primary" onClick={() => setOpen("edit")}>Set it up</Button> : null}
      />
      {stream === null ? (
        <EmptyState icon={RadioTower} title="Entries stay here alone">
          Send them to a webhook or a syslog server (a SIEM, a log archive) in the order of the chain. Nothing is skipped: what could not be sent is sent later, and retention waits for it.
        </EmptyState>
      ) : (
        <StreamRow of={of} stream={stream} onOpen={setOpen} />
      )}
      {open === "edit" ? <StreamDialog of={of} stream={stream} close={() => setOpen(null)} /> : null}
      {open === "remove" ? (
        <ConfirmDialog title="Stop streaming?" action="Stop it" isBusy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate({})} close={() => setOpen(null)}>
          The place, its key and how far it has come are forgotten. Retention no longer waits for it.
        </ConfirmDialog>
      ) : null}
    </Card>
  );
}

function StreamRow({ of, stream, onOpen }: { of: "organization" | "installation"; stream: StreamView; onOpen: (open: "edit" | "remove") => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const api = of === "organization" ? trpc.auditStreams : trpc.platformAudit;
  const refresh = () => queryClient.invalidateQueries({ queryKey: api.pathKey() });
  const failed = (error: unknown) => void toast.error(readRefusal(error).message);
  const enable = useMutation(api.enable.mutationOptions({ onSettled: refresh, onError: failed }));
  const test = useMutation(api.test.mutationOptions({ onError: failed, onSuccess: ({ error }) => void (error === null ? toast("The test has arrived.") : toast.error(`The test did not arrive: ${error}`)) }));
  const { config } = stream;
  return (
    <div className="flex flex-wrap items-start gap-x-4 gap-y-3 px-4 py-3">
      <div className="flex min-w-0 flex-1 basis-72 flex-col gap-1">
        <div className="flex flex-wrap items-center gap-2">
          <span className="font-medium break-all">{config.kind === "webhook" ? config.url : `${config.host}:${config.port}`}</span>
          <Badge>{config.kind === "webhook" ? "Webhook" : config.tls ? "Syslog over TLS" : "Syslog"}</Badge>
          {stream.enabled ? stream.error === null ? null : <Badge tone="danger">Failing</Badge> : <Badge tone="warning">Paused</Badge>}
        </div>
        <p className="text-sm text-muted-foreground">
          {stream.behind === 0 ? "Everything has arrived" : <>{stream.behind.toLocaleString()} {stream.behind === 1 ? "entry" : "entries"} to send{stream.oldestAt === null ? "" : <>, the oldest from <Moment at={stream.oldestAt} /></>}</>}
          {stream.deliveredAt === null ? "." : <>; sent last <Moment at={stream.deliveredAt} />.</>}
        </p>
        {stream.error === null || stream.failingSince === null ? null : (
          <p role="status" className="text-sm break-words text-destructive">
            Failing since <Moment at={stream.failingSince} />: {stream.error}
            {stream.enabled ? <> (next try <Moment at={stream.dueAt} />)</> : null}
          </p>
        )}
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <Button size="sm" disabled={test.isPending} onClick={() => test.mutate({})}>{test.isPending ? "Sending …" : "Send a test"}</Button>
        <Button size="sm" onClick={() => onOpen("edit")}>Change</Button>
        <Button size="sm" variant="ghost" onClick={() => onOpen("remove")}>Remove</Button>
        <Switch aria-label="Streaming enabled" checked={enable.isPending ? enable.variables.enabled : stream.enabled} disabled={enable.isPending} onCheckedChange={(enabled) => enable.mutate({ enabled })} />
      </div>
    </div>
  );
}

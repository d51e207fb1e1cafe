"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Cpu, Layers, ListOrdered } from "lucide-react";
import { useState } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { SettingsList } from "@/components/settings/settings-list";
import { formatDuration, formatSize } from "@/components/time/format";
import { Moment } from "@/components/time/moment";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { toast } from "@/components/ui/toast";
import type { WorkersView } from "@/server/admin/contract";

const REFRESH_MILLISECONDS = 5_000;
const MS_PER_SECOND = 1_000;
const TONES = { alive: "success", draining: "accent", silent: "danger", lost: "warning", stopped: "neutral" } as const;
const LABELS = { alive: "Working", draining: "Draining", silent: "Silent", lost: "Ended unasked", stopped: "Stopped" } as const;

export function WorkersOfAllPage() {
  const trpc = useTRPC();
  const view = useQuery({ ...trpc.admin.workers.queryOptions(), refetchInterval: REFRESH_MILLISECONDS });
  const limit = view.data?.isCut === true ? ` There are more than ${view.data.counted.toLocaleString()} runs: these are lower bounds.` : "";
  return (
    <>
      <Workers view={view} />
      <SettingsList title="Pools" description={`Unfinished runs by the pool they wait for.${limit}`} query={{ ...view, data: view.data?.pools }} empty={{ icon: Layers, title: "No pools", text: "No worker is alive and no run waits." }}>
        {(pools) => (
          <Table label="Pools">
            <TableHeader><tr><TableHead>Pool</TableHead><TableHead className="text-right">Workers</TableHead><TableHead className="text-right">Slots</TableHead><StateHeads /><TableHead className="text-right">Oldest in the queue</TableHead></tr></TableHeader>
            <TableBody>
              {pools.map((pool) => (
                <TableRow key={pool.name}>
                  <TableCell className="whitespace-nowrap">{pool.name} {pool.workers === 0 ? <Badge tone="danger">nobody serves it</Badge> : null}</TableCell>
                  <NumberCell value={pool.workers} /><NumberCell value={pool.slots} />
                  <StateCells counts={pool} />
                  <TableCell className="text-right whitespace-nowrap tabular-nums">{pool.oldestSeconds === null ? "–" : formatDuration(pool.oldestSeconds * MS_PER_SECOND)}</TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        )}
      </SettingsList>
      <SettingsList title="Queue by workspace" description={`Those with most runs in the queue first.${limit}`} query={{ ...view, data: view.data?.workspaces }} empty={{ icon: ListOrdered, title: "The queue is empty", text: "No run is unfinished." }}>
        {(workspaces) => (
          <Table label="Queue by workspace">
            <TableHeader><tr><TableHead>Workspace</TableHead><TableHead>Organization</TableHead><StateHeads /></tr></TableHeader>
            <TableBody>
              {workspaces.map((row) => (
                <TableRow key={`${row.organization} ${row.workspace}`}>
                  <TableCell className="whitespace-nowrap">{row.workspace}</TableCell>
                  <TableCell className="whitespace-nowrap text-muted-foreground">{row.organization}</TableCell>
                  <StateCells counts={row} />
                </TableRow>
              ))}
            </TableBody>
          </Table>
        )}
      </SettingsList>
    </>
  );
}

interface Query {
  data: WorkersView | undefined;
  isPending: boolean;
  isError: boolean;
  error: unknown;
  refetch: () => unknown;
}

function Workers({ view }: { view: Query }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [withStopped, setWithStopped] = useState(false);
  const [draining, setDraining] = useState<WorkersView["workers"][number] | null>(null);
  const drain = useMutation(trpc.admin.drainWorker.mutationOptions({
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: trpc.admin.workers.queryKey() });
      toast("It drains with its next heartbeat.");
      setDraining(null);
    },
  }));
  const keep = useMutation(trpc.admin.keepWorker.mutationOptions({
    onSettled: () => queryClient.invalidateQueries({ queryKey: trpc.admin.workers.queryKey() }),
    onSuccess: () => toast("It goes on working."),
    onError: (error) => toast(readRefusal(error).message),
  }));
  const stopped = view.data?.workers.filter(({ status }) => status === "stopped").length ?? 0;
  return (
    <>
      <SettingsList
        title="Workers"
        description="Processes that carry out runs, seen in the last hour."
        actions={stopped > 0 ? <Button size="sm" aria-pressed={withStopped} onClick={() => setWithStopped(!withStopped)}>{withStopped ? "Hide stopped ones" : `Show ${stopped} stopped`}</Button> : null}
        query={{ ...view, data: view.data?.workers.filter(({ status }) => withStopped || status !== "stopped") }}
        empty={{ icon: Cpu, title: "No worker is running", text: "Runs wait in the queue. Start one with npm start, or as a process of its own." }}
      >
        {(workers) => (
          <Table label="Workers">
            <TableHeader>
              <tr>
                <TableHead>Worker</TableHead><TableHead>Pools</TableHead><TableHead className="text-right">Slots</TableHead><TableHead className="text-right">Runs held</TableHead>
                <TableHead className="text-right">Processor</TableHead><TableHead className="text-right">Memory</TableHead><TableHead>Version</TableHead><TableHead>Last seen</TableHead><TableHead><span className="sr-only">Actions</span></TableHead>
              </tr>
            </TableHeader>
            <TableBody>
              {workers.map((worker) => (
                <TableRow key={worker.id}>
                  <TableCell><span className="flex items-center gap-2 whitespace-nowrap">{worker.name}<Badge tone={TONES[worker.status]}>{LABELS[worker.status]}</Badge></span></TableCell>
                  <TableCell className="whitespace-nowrap">{worker.pools.join(", ")}</TableCell>
                  <TableCell className="text-right whitespace-nowrap tabular-nums">{`${worker.busy} of ${worker.slots}`}</TableCell>
                  <NumberCell value={worker.heldRuns} />
                  <TableCell className="text-right whitespace-nowrap tabular-nums">{worker.cpu === null ? "–" : `${Math.round(worker.cpu)} %`}</TableCell>
                  <TableCell className="text-right whitespace-nowrap tabular-nums">{worker.memoryBytes === null ? "–" : formatSize(worker.memoryBytes)}</TableCell>
                  <TableCell>{worker.version}</TableCell>
                  <TableCell className="whitespace-nowrap"><Moment at={worker.lastSeenAt} /></TableCell>
                  <TableCell className="text-right">{worker.status === "alive" ? <Button size="sm" aria-label={`Drain ${worker.name}`} onClick={() => setDraining(worker)}>Drain</Button> : worker.mayKeep ? <Button size="sm" aria-label={`Keep ${worker.name}`} disabled={keep.isPending} onClick={() => keep.mutate({ workerId: worker.id })}>Keep</Button> : null}</TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        )}
      </SettingsList>
      {draining === null ? null : (
        <ConfirmDialog title={`Drain ${draining.name}?`} action="Drain it" isBusy={drain.isPending} error={drain.error} onConfirm={() => drain.mutate({ workerId: draining.id })} close={() => setDraining(null)}>
          It takes nothing new, finishes what it can in its grace time, hands the rest to others and ends. What supervises it, such as npm start, starts a new one in its place.
        </ConfirmDialog>
      )}
    </>
  );
}

const STATES = ["queued", "running", "waiting", "blocked"] as const;

function StateHeads() {
  return ["In the queue", "Running", "Waiting", "Behind a limit"].map((name) => <TableHead key={name} className="text-right whitespace-nowrap">{name}</TableHead>);
}

function StateCells({ counts }: { counts: Record<(typeof STATES)[number], number> }) {
  return STATES.map((state) => <NumberCell key={state} value={counts[state]} />);
}

function NumberCell({ value }: { value: number }) {
  return <TableCell className="text-right tabular-nums">{value.toLocaleString()}</TableCell>;
}

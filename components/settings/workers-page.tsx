"use client";

import { useQuery } from "@tanstack/react-query";
import { Cpu } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "@/components/data/trpc";
import { STATUS_LOOK } from "@/components/status/statuses";
import { StatusIcon } from "@/components/status/status-badge";
import { Moment } from "@/components/time/moment";
import { formatSize } from "@/components/time/format";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { SettingsList } from "./settings-list";

const REFRESH_MILLISECONDS = 5_000;
const STATES = ["queued", "running", "waiting", "blocked"] as const;
const TONES = { alive: "success", draining: "accent", silent: "danger", lost: "warning", stopped: "neutral" } as const;
const LABELS = { alive: "Working", draining: "Stopping", silent: "Silent", lost: "Ended unasked", stopped: "Stopped" } as const;

export function WorkersPage() {
  const trpc = useTRPC();
  const [withStopped, setWithStopped] = useState(false);
  const view = useQuery({ ...trpc.workers.list.queryOptions(), refetchInterval: REFRESH_MILLISECONDS });
  const stopped = view.data?.workers.filter(({ status }) => status === "stopped").length ?? 0;
  return (
    <div className="flex flex-col gap-5">
      {view.data === undefined ? null : (
        <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4">
          {STATES.map((state) => (
            <div key={state} className="flex flex-col gap-1 rounded-lg border bg-card p-3">
              <dt className="flex items-center gap-1.5 text-xs text-muted-foreground">
                <StatusIcon status={state} className="size-3.5 animate-none" />
                {STATUS_LOOK[state].label}
              </dt>
              <dd className="text-xl font-semibold tabular-nums">{view.data.queue[state]}</dd>
            </div>
          ))}
        </dl>
      )}
      <SettingsList
        title="Workers"
        description="Processes that carry out runs. A worker that ends unasked, or falls silent, loses its runs to the others."
        actions={
          stopped > 0 ? (
            <Button size="sm" aria-pressed={withStopped} onClick={() => setWithStopped(!withStopped)}>
              {withStopped ? "Hide stopped ones" : `Show ${stopped} stopped`}
            </Button>
          ) : null
        }
        query={{ ...view, data: view.data?.workers.filter(({ status }) => withStopped || status !== "stopped") }}
        empty={{ icon: Cpu, title: "No worker is running", text: "Runs wait in the queue. Start one with npm start, or as a process of its own." }}
      >
        {(workers) => (
          <Table label="Workers">
            <TableHeader>
              <tr>
                <TableHead>Worker</TableHead>
                <TableHead>Pools</TableHead>
                <TableHead className="text-right">Slots</TableHead>
                <TableHead className="text-right">Processor</TableHead>
                <TableHead className="text-right">Memory</TableHead>
                <TableHead>Version</TableHead>
                <TableHead>Last seen</TableHead>
              </tr>
            </TableHeader>
            <TableBody>
              {workers.map((worker) => (
                <TableRow key={worker.id}>
                  <TableCell>
                    <span className="flex items-center gap-2 whitespace-nowrap">
                      {worker.name}
                      <Badge tone={TONES[worker.status]}>{LABELS[worker.status]}</Badge>
                    </span>
                  </TableCell>
                  <TableCell>{worker.pools.join(", ")}</TableCell>
                  <TableCell className="text-right whitespace-nowrap tabular-nums">{`${worker.busy} of ${worker.slots}`}</TableCell>
                  <TableCell className="text-right tabular-nums">{worker.cpu === null ? "–" : `${Math.round(worker.cpu)} %`}{worker.capacity === null ? "" : ` of ${worker.capacity.cpu * 100} %`}</TableCell>
                  <TableCell className="text-right whitespace-nowrap tabular-nums">{worker.memoryBytes === null ? "–" : formatSize(worker.memoryBytes)}{worker.capacity === null ? "" : ` of ${formatSize(worker.capacity.memoryMb * 1_048_576)}`}</TableCell>
                  <TableCell>{worker.version}</TableCell>
                  <TableCell className="whitespace-nowrap"><Moment at={worker.lastSeenAt} /></TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        )}
      </SettingsList>
    </div>
  );
}

"use client";

import { Gauge, Pencil } from "lucide-react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { METRIC_LABELS } from "@/server/usage/constants";
import type { QuotaView } from "@/server/usage/contract";
import { sayAmount } from "./amounts";

const FULL_PERCENT = 100;

/** How far each quota is used. */
export function QuotaList({ quotas, onEdit }: { quotas: readonly QuotaView[]; onEdit?: ((quota: QuotaView) => void) | undefined }) {
  return (
    <ul className="divide-y" aria-label="Quotas">
      {quotas.map((quota) => (
        <li key={`${quota.of} ${quota.metric}`} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
          <Gauge className="size-4 shrink-0 text-muted-foreground" aria-hidden />
          <div className="flex min-w-0 flex-1 basis-56 flex-col gap-1.5">
            <div className="flex flex-wrap items-center gap-2">
              <span className="font-medium">{METRIC_LABELS[quota.metric]}</span>
              {quota.of === "organization" ? <Badge>whole organization</Badge> : null}
              <Badge tone={quota.isHard ? "warning" : "neutral"}>{quota.isHard ? "stops new runs" : "warns only"}</Badge>
            </div>
            <Bar quota={quota} />
            <span className="text-xs text-muted-foreground">
              {sayAmount(quota.metric, quota.used)} of {sayAmount(quota.metric, quota.amount)}{quota.metric === "storage" ? "" : " this month"}, warning at {quota.warnPercent} %
            </span>
          </div>
          {onEdit === undefined ? null : <Button variant="ghost" size="icon" aria-label={`Change the quota of ${METRIC_LABELS[quota.metric].toLowerCase()}`} onClick={() => onEdit(quota)}><Pencil aria-hidden /></Button>}
        </li>
      ))}
    </ul>
  );
}

function Bar({ quota: { metric, used, amount, warnPercent } }: { quota: QuotaView }) {
  const percent = amount === 0 ? FULL_PERCENT : Math.min(FULL_PERCENT, (used / amount) * FULL_PERCENT);
  return (
    <div role="meter" aria-label={METRIC_LABELS[metric]} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(percent)} className="h-1.5 overflow-hidden rounded-full bg-muted">
      <div className={cn("h-full rounded-full", percent >= FULL_PERCENT ? "bg-destructive" : percent >= warnPercent ? "bg-warning" : "bg-primary")} style={{ width: `${percent}%` }} />
    </div>
  );
}

"use client";

import { useQuery } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import Link from "next/link";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { formatSize } from "@/components/time/format";
import { Card, CardHeader } from "@/components/ui/card";
import { cn } from "@/components/ui/class-names";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { HealthCheck, Overview } from "@/server/admin/contract";

const REFRESH_MILLISECONDS = 15_000;
const LOOKS = {
  ok: { icon: CircleCheck, classes: "text-status-succeeded", label: "In order" },
  warning: { icon: TriangleAlert, classes: "text-warning", label: "Look at it" },
  danger: { icon: CircleAlert, classes: "text-destructive", label: "Act" },
} as const;

export function OverviewPage() {
  const trpc = useTRPC();
  const overview = useQuery({ ...trpc.admin.overview.queryOptions(), refetchInterval: REFRESH_MILLISECONDS });
  return (
    <>
      <Figures counts={overview.data?.counts} />
      <Card>
        <CardHeader title="Health" description="Looked at anew every fifteen seconds while this page is open." />
        {overview.isPending ? <SkeletonRows count={9} /> : overview.isError ? <ErrorState error={overview.error} retry={() => void overview.refetch()} what="the health checks" /> : (
          <ul className="divide-y" aria-label="Health checks">
            {overview.data.checks.map((check) => <Check key={check.name} check={check} />)}
          </ul>
        )}
      </Card>
    </>
  );
}

function Check({ check: { name, status, says, advice } }: { check: HealthCheck }) {
  const { icon: Icon, classes, label } = LOOKS[status];
  return (
    <li className="flex items-start gap-3 px-4 py-3 text-sm">
      <Icon className={cn("mt-0.5 size-4 shrink-0", classes)} aria-label={label} role="img" />
      <div className="flex min-w-0 flex-col gap-0.5">
        <p className="break-words"><span className="font-semibold">{name}</span> {says}</p>
        {advice === "" ? null : <p className="text-xs break-words text-muted-foreground">{advice}</p>}
      </div>
    </li>
  );
}

const FIGURES: readonly { name: keyof Overview["counts"]; label: string; href: string }[] = [
  { name: "organizations", label: "Organizations", href: "/admin/organizations" },
  { name: "workspaces", label: "Workspaces", href: "/admin/usage" },
  { name: "people", label: "People", href: "/admin/people" },
  { name: "workers", label: "Workers alive", href: "/admin/workers" },
  { name: "queued", label: "Runs in the queue", href: "/admin/workers" },
  { name: "heldEvents", label: "Events held", href: "/admin/events" },
  { name: "databaseBytes", label: "Database", href: "/admin/database" },
];

function Figures({ counts }: { counts: Overview["counts"] | undefined }) {
  return (
    <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4 lg:grid-cols-7">
      {FIGURES.map(({ name, label, href }) => (
        <div key={name} className="relative flex flex-col gap-1 rounded-lg border bg-card p-3 hover:bg-muted/60">
          <dt className="text-xs text-muted-foreground"><Link href={href} className="after:absolute after:inset-0 after:rounded-lg">{label}</Link></dt>
          <dd className="text-xl font-semibold whitespace-nowrap tabular-nums">{counts === undefined ? "…" : name === "databaseBytes" ? formatSize(counts[name]) : counts[name].toLocaleString()}</dd>
        </div>
      ))}
    </dl>
  );
}

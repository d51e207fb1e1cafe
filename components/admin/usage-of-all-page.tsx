"use client";

import { useQuery } from "@tanstack/react-query";
import { ChartColumn } from "lucide-react";
import { useTRPC } from "@/components/data/trpc";
import { SettingsList } from "@/components/settings/settings-list";
import { useUrlState } from "@/components/shell/use-url-state";
import { sayMonth } from "@/components/usage/amounts";
import { UsageCells, UsageHeads } from "@/components/usage/usage-table";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/select";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";

const MONTHS = 24;
const MONTH_LENGTH = "2026-11".length;

function lastMonths(): string[] {
  const now = new Date();
  return Array.from({ length: MONTHS }, (_, back) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString().slice(0, MONTH_LENGTH));
}

/** What every workspace used in a month. */
export function UsageOfAllPage() {
  const trpc = useTRPC();
  const { params, change } = useUrlState();
  const months = lastMonths();
  const month = params.get("month") ?? months[0]!;
  const organizationId = params.get("organization") ?? undefined;
  const usage = useQuery(trpc.admin.usage.queryOptions({ month, organizationId }));
  return (
    <SettingsList
      title="Usage"
      description={`By calendar month (UTC), the busiest workspaces first. ${usage.data?.hasMore ? "Only the first ones are shown: choose an organization for its own." : ""}`}
      actions={
        <div className="flex flex-wrap items-center gap-2">
          {organizationId === undefined ? null : <Button size="sm" onClick={() => change({ organization: null })}>All organizations</Button>}
          <Select aria-label="Month" className="w-36" value={month} onValueChange={(value) => change({ month: value === months[0] ? null : value })} options={months.map((value) => ({ value, label: sayMonth(value) }))} />
        </div>
      }
      query={{ ...usage, data: usage.data?.items }}
      empty={{ icon: ChartColumn, title: "No workspaces", text: "" }}
    >
      {(items) => (
        <Table label="Usage of all workspaces">
          <TableHeader>
            <tr>
              <TableHead>Workspace</TableHead>
              <TableHead>Organization</TableHead>
              <UsageHeads />
            </tr>
          </TableHeader>
          <TableBody>
            {items.map((row) => (
              <TableRow key={row.workspaceId}>
                <TableCell>
                  <span className="flex items-center gap-2 whitespace-nowrap">
                    {row.workspace}
                    {row.deleted ? <Badge tone="warning">deleted</Badge> : null}
                    {row.quotaReached === null ? null : <Badge tone="danger">stopped: {row.quotaReached}</Badge>}
                  </span>
                </TableCell>
                <TableCell className="whitespace-nowrap text-muted-foreground">{row.organization}</TableCell>
                <UsageCells usage={row} />
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
    </SettingsList>
  );
}

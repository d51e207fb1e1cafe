"use client";

import { useQuery } from "@tanstack/react-query";
import { Database } from "lucide-react";
import { useTRPC } from "@/components/data/trpc";
import { SettingsList } from "@/components/settings/settings-list";
import { formatDuration, formatSize } from "@/components/time/format";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { DatabaseView } from "@/server/admin/contract";

const MS_PER_SECOND = 1_000;

export function DatabasePage() {
  const trpc = useTRPC();
  const view = useQuery(trpc.admin.database.queryOptions());
  return (
    <>
      {view.data === undefined ? null : <Figures view={view.data} />}
      <SettingsList title="Biggest tables" description="With their indexes and large values. Rows are what the database estimates; dead ones are cleaned up by autovacuum." query={{ ...view, data: view.data?.tables }} empty={{ icon: Database, title: "No tables", text: "" }}>
        {(tables) => (
          <Table label="Biggest tables">
            <TableHeader><tr><TableHead>Table</TableHead><TableHead className="text-right">Size</TableHead><TableHead className="text-right">Indexes</TableHead><TableHead className="text-right">Rows</TableHead><TableHead className="text-right">Dead rows</TableHead></tr></TableHeader>
            <TableBody>
              {tables.map((table) => (
                <TableRow key={table.name}>
                  <TableCell className="font-mono text-xs">{table.name}</TableCell>
                  {[formatSize(table.bytes), formatSize(table.indexBytes), Math.round(table.rows).toLocaleString(), table.deadRows.toLocaleString()].map((text, index) => <TableCell key={index} className="text-right whitespace-nowrap tabular-nums">{text}</TableCell>)}
                </TableRow>
              ))}
            </TableBody>
          </Table>
        )}
      </SettingsList>
    </>
  );
}

function Figures({ view: { version, bytes, connections, maxConnections, oldestTransactionSeconds } }: { view: DatabaseView }) {
  const figures = [
    ["PostgreSQL", version.split(" ")[0] ?? version],
    ["Size", formatSize(bytes)],
    ["Connections", `${connections} of ${maxConnections}`],
    ["Oldest transaction", oldestTransactionSeconds === null ? "none" : formatDuration(Math.max(0, oldestTransactionSeconds * MS_PER_SECOND))],
  ] as const;
  return (
    <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4">
      {figures.map(([name, text]) => (
        <div key={name} className="flex flex-col gap-1 rounded-lg border bg-card p-3">
          <dt className="text-xs text-muted-foreground">{name}</dt>
          <dd className="text-xl font-semibold whitespace-nowrap tabular-nums">{text}</dd>
        </div>
      ))}
    </dl>
  );
}

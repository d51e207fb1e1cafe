"use client";

import { Download } from "lucide-react";
import { Button } from "@/components/ui/button";
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from "@/components/ui/dropdown-menu";
import type { AuditFilters } from "./audit-filters";

/** What fits the filter, as a file. */
export function ExportMenu({ filter, of, workspace }: { filter: AuditFilters; of: string; workspace?: string }) {
  const address = (format: string) => `/api/export/audit?${new URLSearchParams({ ...(workspace === undefined ? {} : { workspace }), format, of, ...filter }).toString()}`;
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button>
          <Download aria-hidden />
          Export
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        <DropdownMenuItem asChild><a href={address("csv")} download>CSV</a></DropdownMenuItem>
        <DropdownMenuItem asChild><a href={address("jsonl")} download>JSON lines</a></DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

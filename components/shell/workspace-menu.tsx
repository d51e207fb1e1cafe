"use client";

import { ChevronsUpDown } from "lucide-react";
import Link from "next/link";
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from "@/components/ui/dropdown-menu";
import { Logo } from "./logo";
import { useWorkspace } from "./workspace-context";

/** Product and workspace; a menu once there are several. */
export function WorkspaceMenu() {
  const { current, all, organizations } = useWorkspace();
  const name = (
    <>
      <Logo className="size-7 shrink-0" />
      <span className="flex min-w-0 flex-1 flex-col text-left leading-tight">
        <span className="truncate text-sm font-semibold">Millrace</span>
        <span className="truncate text-xs text-muted-foreground">{current.name}</span>
      </span>
    </>
  );
  if (all.length === 1) {
    return (
      <Link href={`/${current.slug}`} className="flex items-center gap-2.5 rounded-md px-2 py-1.5 hover:bg-accent">
        {name}
      </Link>
    );
  }
  return (
    <DropdownMenu>
      <DropdownMenuTrigger className="flex w-full items-center gap-2.5 rounded-md px-2 py-1.5 hover:bg-accent" title="Choose another workspace">
        {name}
        <ChevronsUpDown className="size-3.5 shrink-0 text-muted-foreground" aria-hidden />
      </DropdownMenuTrigger>
      <DropdownMenuContent align="start">
        {all.map(({ id, slug, name: label, organizationId, isArchived }) => (
          <DropdownMenuItem key={id} asChild>
            {/* Another workspace has its own cache and stream: a whole new page. */}
            <a href={`/${slug}`} aria-current={id === current.id ? "page" : undefined}>
              <span className="flex flex-col">
                <span className={id === current.id ? "font-medium" : undefined}>{label}{isArchived ? " (archived)" : ""}</span>
                {organizations.length > 1 ? <span className="text-xs text-muted-foreground">{organizations.find((one) => one.id === organizationId)?.name}</span> : null}
              </span>
            </a>
          </DropdownMenuItem>
        ))}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

"use client";

import { Building2, ChevronsUpDown } from "lucide-react";
import Link from "next/link";
import { Fragment } from "react";
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuLabel, DropdownMenuSeparator, DropdownMenuTrigger } from "@/components/ui/dropdown-menu";
import { Logo } from "./logo";
import { useWorkspace } from "./workspace-context";

/** Product and workspace; a menu once there are several, by organization if there are several of those. */
export function WorkspaceMenu() {
  const { current, all, organizations } = useWorkspace();
  const name = (
    <>
      <Logo className="size-7 shrink-0" />
      {current.color === null ? null : <span aria-hidden className="h-7 w-1 shrink-0 rounded-full ring-1 ring-border" style={{ backgroundColor: current.color }} />}
      <span className="flex min-w-0 flex-1 flex-col text-left leading-tight">
        <span className="truncate text-sm font-semibold">Millrace</span>
        <span className="truncate text-xs text-muted-foreground">{current.name}</span>
      </span>
    </>
  );
  if (all.length === 1 && organizations.length === 1) {
    return (
      <Link href={`/${current.slug}`} className="flex items-center gap-2.5 rounded-md px-2 py-1.5 hover:bg-accent">
        {name}
      </Link>
    );
  }
  return (
    <DropdownMenu>
      <DropdownMenuTrigger className="flex w-full items-center gap-2.5 rounded-md px-2 py-1.5 hover:bg-accent" title={organizations.length > 1 ? "Choose another workspace or organization" : "Choose another workspace"}>
        {name}
        <ChevronsUpDown className="size-3.5 shrink-0 text-muted-foreground" aria-hidden />
      </DropdownMenuTrigger>
      <DropdownMenuContent align="start">
        {organizations.map(({ id, name: organization }, index) => (
          <Fragment key={id}>
            {organizations.length > 1 && index > 0 ? <DropdownMenuSeparator /> : null}
            {organizations.length > 1 ? <DropdownMenuLabel>{organization}</DropdownMenuLabel> : null}
            {all.filter(({ organizationId }) => organizationId === id).map((workspace) => (
              <DropdownMenuItem key={workspace.id} asChild>
                {/* Another workspace has its own cache and stream: a whole new page. */}
                <a href={`/${workspace.slug}`} aria-current={workspace.id === current.id ? "page" : undefined} className={workspace.id === current.id ? "font-medium" : undefined}>
                  {workspace.name}{workspace.isArchived ? " (archived)" : ""}
                </a>
              </DropdownMenuItem>
            ))}
          </Fragment>
        ))}
        {organizations.length > 1 ? (
          <>
            <DropdownMenuSeparator />
            <DropdownMenuItem asChild><a href="/organizations"><Building2 aria-hidden />Your organizations</a></DropdownMenuItem>
          </>
        ) : null}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

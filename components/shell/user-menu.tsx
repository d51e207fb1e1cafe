"use client";

import { Building2, ChevronsUpDown, LogOut, ServerCog, ShieldCheck } from "lucide-react";
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuLabel, DropdownMenuSeparator, DropdownMenuTrigger } from "@/components/ui/dropdown-menu";
import { leave } from "@/components/sign-in/leave";
import { useWorkspace } from "./workspace-context";

export function UserMenu() {
  const { user } = useWorkspace();
  return (
    <DropdownMenu>
      <DropdownMenuTrigger className="flex min-w-0 flex-1 items-center gap-2 rounded-md px-2 py-1.5 text-left hover:bg-accent">
        <span className="sr-only">Account of</span>
        <span aria-hidden className="flex size-7 shrink-0 items-center justify-center rounded-full bg-primary/15 text-xs font-semibold text-primary uppercase">
          {user.name.slice(0, 1)}
        </span>
        <span className="min-w-0 flex-1 truncate text-sm">{user.name}</span>
        <ChevronsUpDown className="size-3.5 shrink-0 text-muted-foreground" aria-hidden />
      </DropdownMenuTrigger>
      <DropdownMenuContent align="start">
        <DropdownMenuLabel>{user.email}</DropdownMenuLabel>
        <DropdownMenuSeparator />
        <DropdownMenuItem asChild>
          {/* Out of the workspace, with its stream: a whole new page. */}
          <a href="/profile/security">
            <ShieldCheck aria-hidden />
            Profile and security
          </a>
        </DropdownMenuItem>
        <DropdownMenuItem asChild>
          <a href="/organizations">
            <Building2 aria-hidden />
            Your organizations
          </a>
        </DropdownMenuItem>
        {user.isPlatformAdmin ? (
          <DropdownMenuItem asChild>
            <a href="/admin">
              <ServerCog aria-hidden />
              Administration
            </a>
          </DropdownMenuItem>
        ) : null}
        <DropdownMenuItem onSelect={() => void leave()}>
          <LogOut aria-hidden />
          Sign out
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

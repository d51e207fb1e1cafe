"use client";

import { Archive, BellRing, Bot, Building2, ChartColumn, Cpu, DoorOpen, FileCheck, Gauge, KeyRound, Layers, LayoutGrid, Lock, LogIn, ScrollText, ShieldCheck, Users, Variable, type LucideIcon } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useEffect, useRef, type ReactNode } from "react";
import { PageHeader } from "@/components/shell/page-header";
import { useHref, useWorkspace } from "@/components/shell/workspace-context";
import { showInRow } from "@/components/ui/show-in-row";
import { cn } from "@/components/ui/class-names";

export const SETTINGS_PAGES: readonly { path: string; label: string; icon: LucideIcon; needs?: string }[] = [
  { path: "/settings/members", label: "Members", icon: Users, needs: "member:read" },
  { path: "/settings/roles", label: "Roles", icon: ShieldCheck, needs: "member:read" },
  { path: "/settings/workspace", label: "Workspace", icon: LayoutGrid },
  { path: "/settings/organization", label: "Organization", icon: Building2 },
  { path: "/settings/sign-in", label: "Sign-in", icon: DoorOpen, needs: "settings:write" },
  { path: "/settings/single-sign-on", label: "Single sign-on", icon: LogIn, needs: "settings:write" },
  { path: "/settings/tokens", label: "Programs", icon: KeyRound, needs: "token:read" },
  { path: "/settings/secrets", label: "Secrets", icon: Lock, needs: "secret:list" },
  { path: "/settings/variables", label: "Variables", icon: Variable, needs: "variable:read" },
  { path: "/settings/environments", label: "Environments", icon: Layers, needs: "workflow:read" },
  { path: "/settings/protection", label: "Protection", icon: FileCheck, needs: "settings:read" },
  { path: "/settings/adapters", label: "LLM adapters", icon: Bot },
  { path: "/settings/limits", label: "Limits", icon: Gauge },
  { path: "/settings/usage", label: "Usage", icon: ChartColumn },
  { path: "/settings/notifications", label: "Notifications", icon: BellRing },
  { path: "/settings/retention", label: "Retention", icon: Archive },
  { path: "/settings/audit", label: "Audit log", icon: ScrollText, needs: "audit:read" },
  { path: "/settings/workers", label: "Workers", icon: Cpu },
];

export function SettingsFrame({ children }: { children: ReactNode }) {
  const pathname = usePathname();
  const href = useHref();
  const { permissions } = useWorkspace().current;
  const nav = useRef<HTMLElement>(null);
  useEffect(() => showInRow(nav.current, "[aria-current=page]"), [pathname]);
  return (
    <>
      <PageHeader title="Settings" />
      <nav ref={nav} aria-label="Settings" className="flex gap-1 overflow-x-auto border-b px-3 sm:px-5">
        {SETTINGS_PAGES.filter(({ needs }) => needs === undefined || permissions.includes(needs)).map(({ path, label, icon: Icon }) => {
          const isCurrent = pathname === href(path);
          return (
            <Link
              key={path}
              href={href(path)}
              aria-current={isCurrent ? "page" : undefined}
              className={cn(
                "-mb-px flex items-center gap-1.5 border-b-2 border-transparent px-3 py-2 text-sm font-medium whitespace-nowrap text-muted-foreground hover:text-foreground focus-visible:-outline-offset-2",
                isCurrent && "border-primary text-foreground",
              )}
            >
              <Icon className="size-4" aria-hidden />
              {label}
            </Link>
          );
        })}
      </nav>
      <div className="w-full max-w-5xl px-4 py-5 sm:px-6">{children}</div>
    </>
  );
}

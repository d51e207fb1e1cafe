"use client";

import { ArrowLeft, Building2, CalendarClock, ChartColumn, Cpu, Database, HeartPulse, Megaphone, ScrollText, Users, type LucideIcon } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { createContext, useContext, useEffect, useRef, type ReactNode } from "react";
import { Logo } from "@/components/shell/logo";
import { ThemeMenu } from "@/components/shell/theme-menu";
import { cn } from "@/components/ui/class-names";
import { showInRow } from "@/components/ui/show-in-row";

const PAGES: readonly { path: string; label: string; icon: LucideIcon }[] = [
  { path: "/admin", label: "Health", icon: HeartPulse },
  { path: "/admin/organizations", label: "Organizations", icon: Building2 },
  { path: "/admin/usage", label: "Usage", icon: ChartColumn },
  { path: "/admin/workers", label: "Workers and queue", icon: Cpu },
  { path: "/admin/events", label: "Schedules and events", icon: CalendarClock },
  { path: "/admin/database", label: "Database", icon: Database },
  { path: "/admin/people", label: "People", icon: Users },
  { path: "/admin/announcements", label: "Announcements", icon: Megaphone },
  { path: "/admin/audit", label: "Audit log", icon: ScrollText },
];

const AdministratorContext = createContext<{ id: string; name: string } | null>(null);

/** Who looks at the page. */
export function useAdministrator(): { id: string; name: string } {
  const value = useContext(AdministratorContext);
  if (value === null) throw new Error("useAdministrator is only for the administration");
  return value;
}

/** The frame of the pages for those who look after the installation. */
export function AdminFrame({ user, children }: { user: { id: string; name: string }; children: ReactNode }) {
  const pathname = usePathname();
  const nav = useRef<HTMLElement>(null);
  useEffect(() => showInRow(nav.current, "[aria-current=page]"), [pathname]);
  return (
    <AdministratorContext value={user}>
      <div className="flex min-h-dvh flex-col">
        <a href="#content" className="sr-only z-50 rounded-md bg-primary px-3 py-2 text-primary-foreground focus:not-sr-only focus:fixed focus:top-2 focus:left-2">Skip to content</a>
        <header className="flex items-center gap-3 border-b bg-sidebar px-4 py-2.5 sm:px-6">
          <Logo className="size-6" />
          <h1 className="min-w-0 flex-1 truncate text-sm font-semibold">Administration of the installation</h1>
          <ThemeMenu />
          {/* Into a workspace, with its stream: a whole new page. */}
          <a href="/" className="flex items-center gap-1.5 rounded-md px-2 py-1 text-sm text-muted-foreground hover:bg-accent hover:text-accent-foreground">
            <ArrowLeft className="size-4" aria-hidden />
            <span className="max-sm:sr-only">Back to the workspaces</span>
          </a>
        </header>
        <nav ref={nav} aria-label="Administration" className="flex gap-1 overflow-x-auto border-b px-3 sm:px-5">
          {PAGES.map(({ path, label, icon: Icon }) => {
            const isCurrent = pathname === path;
            return (
              <Link key={path} href={path} aria-current={isCurrent ? "page" : undefined} className={cn("-mb-px flex items-center gap-1.5 border-b-2 border-transparent px-3 py-2 text-sm font-medium whitespace-nowrap text-muted-foreground hover:text-foreground focus-visible:-outline-offset-2", isCurrent && "border-primary text-foreground")}>
                <Icon className="size-4" aria-hidden />
                {label}
              </Link>
            );
          })}
        </nav>
        <main id="content" tabIndex={-1} className="mx-auto flex w-full max-w-6xl flex-1 flex-col gap-5 px-4 py-5 outline-none sm:px-6">{children}</main>
      </div>
    </AdministratorContext>
  );
}

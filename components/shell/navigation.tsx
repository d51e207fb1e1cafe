"use client";

import { useQuery } from "@tanstack/react-query";
import { Activity, CirclePlay, House, Inbox, Settings, Workflow, Zap, type LucideIcon } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useTRPC } from "@/components/data/trpc";
import { useLiveRefresh } from "@/components/live/use-live";
import { cn } from "@/components/ui/class-names";
import { useHref, useMay } from "./workspace-context";

/** The main pages of a workspace. */
export const MAIN_PAGES: readonly { path: string; label: string; icon: LucideIcon }[] = [
  { path: "", label: "Home", icon: House },
  { path: "/workflows", label: "Workflows", icon: Workflow },
  { path: "/runs", label: "Runs", icon: Activity },
  { path: "/triggers", label: "Triggers", icon: Zap },
  { path: "/approvals", label: "Approvals", icon: Inbox },
  { path: "/settings", label: "Settings", icon: Settings },
];

/** For whoever may start workflows and not see them. */
const START_PAGE = { path: "/start", label: "Start", icon: CirclePlay };

/** The pages that the person has something to do on. */
export function usePages(): typeof MAIN_PAGES {
  const mayRead = useMay("workflow:read");
  const mayStart = useMay("run:start");
  return mayStart && !mayRead ? [START_PAGE, ...MAIN_PAGES.slice(-2)] : MAIN_PAGES;
}

export function Navigation() {
  const pathname = usePathname();
  const href = useHref();
  const pages = usePages();
  return (
    <nav aria-label="Workspace" className="flex flex-col gap-0.5">
      {pages.map(({ path, label, icon: Icon }) => {
        const isCurrent = pathname === href(path) || (path !== "" && pathname.startsWith(`${href(path)}/`));
        return (
          <Link
            key={path}
            href={href(path)}
            aria-current={isCurrent ? "page" : undefined}
            className={cn(
              "flex items-center gap-2.5 rounded-md px-2.5 py-2 text-sm font-medium text-muted-foreground transition-colors hover:bg-accent hover:text-accent-foreground",
              isCurrent && "bg-accent text-accent-foreground",
            )}
          >
            <Icon className="size-4" aria-hidden />
            {label}
            {path === "/approvals" ? <OpenApprovals /> : null}
          </Link>
        );
      })}
    </nav>
  );
}

/** What waits for this person. */
function OpenApprovals() {
  const trpc = useTRPC();
  const mayAnswer = useMay("wait:answer");
  const { data } = useQuery({ ...trpc.waits.counts.queryOptions(), enabled: mayAnswer });
  useLiveRefresh(mayAnswer ? "runs" : null, trpc.waits.counts.pathKey());
  if (data === undefined || data.mine === 0) return null;
  return (
    <span className="ml-auto rounded-full bg-status-waiting/15 px-1.5 text-xs text-status-waiting tabular-nums">
      {data.mine}
      {data.atLeast ? "+" : ""}
      <span className="sr-only"> waiting for your answer</span>
    </span>
  );
}

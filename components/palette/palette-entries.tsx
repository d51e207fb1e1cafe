"use client";

import { Activity, Bell, type LucideIcon } from "lucide-react";
import { useRouter } from "next/navigation";
import { SETTINGS_PAGES } from "@/components/settings/settings-frame";
import { MAIN_PAGES } from "@/components/shell/navigation";
import { useHref, useWorkspace } from "@/components/shell/workspace-context";
import { CommandGroup, CommandItem } from "@/components/ui/command";
import { Found } from "./found";
import { useCommandsOfPage } from "./page-commands";
import { fits, runIdIn } from "./search";
import { useActions } from "./use-actions";

export interface PaletteEntriesProps {
  query: string;
  choose: (action: () => void) => void;
  createWorkflow: () => void;
}

const PAGES: readonly { path: string; label: string; icon: LucideIcon; words: string; needs?: string }[] = [
  ...MAIN_PAGES.map(({ path, label, icon }) => ({ path, label, icon, words: "" })),
  { path: "/inbox", label: "Inbox", icon: Bell, words: "notifications" },
  ...SETTINGS_PAGES.map((page) => ({ ...page, words: "settings" })),
];

/** What fits the query, group by group. What is known at once comes first, so that nothing moves under the finger. */
export function PaletteEntries({ query, choose, createWorkflow }: PaletteEntriesProps) {
  const router = useRouter();
  const href = useHref();
  const { permissions } = useWorkspace().current;
  const commands = useCommandsOfPage().filter(({ label }) => fits(query, label));
  const actions = useActions(createWorkflow).filter(({ label, words = "" }) => fits(query, label, words));
  const pages = query === "" ? MAIN_PAGES : PAGES.filter(({ label, words, needs }) => fits(query, label, words) && (needs === undefined || permissions.includes(needs)));
  const runId = runIdIn(query);
  const go = (path: string) => choose(() => router.push(href(path)));
  return (
    <>
      {runId === null ? null : (
        <CommandGroup heading="Run">
          <Entry id={`run ${runId}`} icon={Activity} label={`Open the run ${runId}`} onSelect={() => go(`/runs/${runId}`)} />
        </CommandGroup>
      )}
      {commands.length === 0 ? null : (
        <CommandGroup heading="On this page">
          {commands.map(({ label, icon, run }) => (
            <Entry key={label} id={`page ${label}`} icon={icon} label={label} onSelect={() => choose(run)} />
          ))}
        </CommandGroup>
      )}
      {pages.length === 0 ? null : (
        <CommandGroup heading="Pages">
          {pages.map(({ path, label, icon }) => (
            <Entry key={path} id={`go ${path}`} icon={icon} label={label} onSelect={() => go(path)} />
          ))}
        </CommandGroup>
      )}
      {actions.length === 0 ? null : (
        <CommandGroup heading="Actions">
          {actions.map(({ label, icon, run }) => (
            <Entry key={label} id={`do ${label}`} icon={icon} label={label} onSelect={() => choose(run)} />
          ))}
        </CommandGroup>
      )}
      <Found query={query} go={go} withRuns={runId === null} />
    </>
  );
}

function Entry({ id, icon: Icon, label, onSelect }: { id: string; icon: LucideIcon; label: string; onSelect: () => void }) {
  return (
    <CommandItem value={id} onSelect={onSelect}>
      <Icon aria-hidden />
      <span className="min-w-0 flex-1 truncate">{label}</span>
    </CommandItem>
  );
}

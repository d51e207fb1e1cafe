"use client";

import { Clock, LogOut, Monitor, Moon, PanelsTopLeft, Plus, Sun, type LucideIcon } from "lucide-react";
import { useRouter } from "next/navigation";
import { leave } from "@/components/sign-in/leave";
import { useMay, useWorkspace } from "@/components/shell/workspace-context";
import { chooseExactTimes, useExactTimes } from "@/components/time/use-exact-times";
import { useTheme } from "@/components/theme/use-theme";

export interface Action {
  label: string;
  /** What people may call it as well. */
  words?: string;
  icon: LucideIcon;
  run: () => void;
}

const THEMES = [
  { choice: "light", label: "Light colours", icon: Sun },
  { choice: "dark", label: "Dark colours", icon: Moon },
  { choice: "system", label: "Colours as the system has them", icon: Monitor },
] as const;

/** What can be done from every page. */
export function useActions(createWorkflow: () => void): Action[] {
  const router = useRouter();
  const { current, all } = useWorkspace();
  const mayWrite = useMay("workflow:write");
  const { choice: theme, choose } = useTheme();
  const isExact = useExactTimes();
  return [
    ...(mayWrite ? [{ label: "New workflow", words: "create template example import", icon: Plus, run: createWorkflow }] : []),
    ...THEMES.filter(({ choice }) => choice !== theme).map(({ choice, label, icon }) => ({ label, words: "theme scheme mode", icon, run: () => choose(choice) })),
    { label: isExact ? "Times as told from now" : "Exact times", words: "date clock relative absolute hover", icon: Clock, run: () => chooseExactTimes(!isExact) },
    ...all
      .filter(({ id }) => id !== current.id)
      .map(({ name, slug }) => ({ label: `Go to the workspace ${name}`, words: "switch", icon: PanelsTopLeft, run: () => router.push(`/${slug}`) })),
    { label: "Sign out", words: "log out leave", icon: LogOut, run: () => void leave() },
  ];
}

"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { useTheme, type ThemeChoice } from "@/components/theme/use-theme";
import { chooseExactTimes, useExactTimes } from "@/components/time/use-exact-times";
import { Button } from "@/components/ui/button";
import { DropdownMenu, DropdownMenuCheckboxItem, DropdownMenuContent, DropdownMenuSeparator, DropdownMenuTrigger } from "@/components/ui/dropdown-menu";

const CHOICES: readonly { choice: ThemeChoice; label: string }[] = [
  { choice: "system", label: "As the system" },
  { choice: "light", label: "Light" },
  { choice: "dark", label: "Dark" },
];

const ICONS = { system: Monitor, light: Sun, dark: Moon } as const;

/** How things look to this person: colours, and how times are told. */
export function ThemeMenu() {
  const { choice, choose } = useTheme();
  const isExact = useExactTimes();
  const Icon = ICONS[choice];
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="icon" aria-label="Colours and times" title="Colours and times">
          <Icon aria-hidden />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        {CHOICES.map((entry) => (
          <DropdownMenuCheckboxItem key={entry.choice} checked={entry.choice === choice} onCheckedChange={() => choose(entry.choice)}>
            {entry.label}
          </DropdownMenuCheckboxItem>
        ))}
        <DropdownMenuSeparator />
        <DropdownMenuCheckboxItem checked={isExact} onCheckedChange={() => chooseExactTimes(!isExact)}>
          Exact times
        </DropdownMenuCheckboxItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

"use client";

import { ChevronDown } from "lucide-react";
import { Button } from "@/components/ui/button";
import { DropdownMenu, DropdownMenuCheckboxItem, DropdownMenuContent, DropdownMenuTrigger } from "@/components/ui/dropdown-menu";

export interface MultiChoiceProps {
  label: string;
  options: readonly { value: string; label: string }[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

export function MultiChoice({ label, options, chosen, onChange }: MultiChoiceProps) {
  const names = options.filter(({ value }) => chosen.includes(value)).map((option) => option.label);
  const toggle = (value: string, isOn: boolean) => onChange(isOn ? [...chosen, value] : chosen.filter((entry) => entry !== value));
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button className="border-input font-normal">
          <span className="max-w-48 truncate">{names.length === 0 ? label : names.join(", ")}</span>
          <ChevronDown className="opacity-60" aria-hidden />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="start">
        {options.map(({ value, label: name }) => (
          <DropdownMenuCheckboxItem
            key={value}
            checked={chosen.includes(value)}
            onCheckedChange={(isOn) => toggle(value, isOn)}
            onSelect={(event) => event.preventDefault()}
          >
            {name}
          </DropdownMenuCheckboxItem>
        ))}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

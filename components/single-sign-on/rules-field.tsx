"use client";

import { Plus, X } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import type { Rule } from "@/server/sso/contract";

const ROLE = "role:";
const GROUP = "group:";
const NOTHING = "nothing";

interface Props {
  rules: readonly Rule[];
  groups: readonly { id: string; name: string }[];
  change: (rules: readonly Rule[]) => void;
}

/** From groups there to roles and groups here. */
export function RulesField({ rules, groups, change }: Props) {
  const set = (index: number, rule: Partial<Rule>) => change(rules.map((one, at) => (at === index ? { ...one, ...rule } : one)));
  const options = [{ value: NOTHING, label: "Choose …" }, { value: `${ROLE}member`, label: "Role: member" }, { value: `${ROLE}admin`, label: "Role: admin" }, ...groups.map(({ id, name }) => ({ value: GROUP + id, label: `Group: ${name}` }))];
  const choose = (index: number, value: string) =>
    set(index, { role: value === `${ROLE}admin` ? "admin" : value === `${ROLE}member` ? "member" : null, groupId: value.startsWith(GROUP) ? value.slice(GROUP.length) : null });
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-sm font-medium">Groups of the provider</legend>
      {rules.map((rule, index) => (
        <div key={index} className="flex flex-wrap items-center gap-2">
          <Input aria-label="Group there" placeholder="Group there" className="min-w-32 flex-1" value={rule.group} onChange={(event) => set(index, { group: event.target.value })} />
          <Select aria-label="Means here" className="w-44" value={rule.groupId !== null ? GROUP + rule.groupId : rule.role !== null ? ROLE + rule.role : NOTHING} onValueChange={(value) => choose(index, value)} options={options} />
          <Button variant="ghost" size="icon" aria-label="Remove the rule" onClick={() => change(rules.filter((_, at) => at !== index))}><X aria-hidden /></Button>
        </div>
      ))}
      <Button className="self-start" onClick={() => change([...rules, { group: "", role: null, groupId: null }])}><Plus aria-hidden />Add a rule</Button>
    </fieldset>
  );
}

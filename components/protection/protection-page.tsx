"use client";

import { useQuery } from "@tanstack/react-query";
import { Pencil, Plus, ShieldCheck } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "@/components/data/trpc";
import { useFolderName } from "@/components/settings/folder-place";
import { SettingsList } from "@/components/settings/settings-list";
import { useMay } from "@/components/shell/workspace-context";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import type { ProtectionRuleView } from "@/server/protection/contract";
import { RuleDialog } from "./rule-dialog";

/** Where publishing and promoting need another person, and what nobody but those named may change. */
export function ProtectionPage() {
  const trpc = useTRPC();
  const mayWrite = useMay("settings:write");
  const rules = useQuery(trpc.protection.list.queryOptions());
  const nameOf = useFolderName();
  const [open, setOpen] = useState<{ rule: ProtectionRuleView | null } | null>(null);
  return (
    <>
      <SettingsList
        title="Protection"
        description="A rule holds for a folder with all below it, or for the whole workspace. Where several hold, all of them do."
        actions={
          mayWrite ? (
            <Button variant="primary" disabled={!rules.isSuccess} onClick={() => setOpen({ rule: null })}>
              <Plus aria-hidden />
              New rule
            </Button>
          ) : null
        }
        query={rules}
        empty={{ icon: ShieldCheck, title: "Nothing is protected", text: "Let publishing or promoting wait for another person's review, or lock a folder for all but those who look after it." }}
      >
        {(items) => (
          <ul className="divide-y">
            {items.map((rule) => (
              <li key={rule.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
                <div className="flex min-w-0 flex-1 basis-40 flex-col gap-1">
                  <span className="text-sm font-medium">{rule.folder === null ? "The whole workspace" : nameOf(rule.folder.id, rule.folder.name)}</span>
                  {rule.needsReview ? <Part label={rule.environment === null ? "Review before publishing" : `Review before ${rule.environment.name}`} whom={rule.mayPublish} unless="All but" /> : null}
                  {rule.isLocked ? <Part label="Locked" whom={rule.mayChange} unless="But for" /> : null}
                </div>
                {mayWrite ? (
                  <Button variant="ghost" size="icon" aria-label={`Change the rule of ${nameOf(rule.folder?.id ?? null, rule.folder?.name)}${rule.environment === null ? "" : ` for ${rule.environment.name}`}`} onClick={() => setOpen({ rule })}>
                    <Pencil aria-hidden />
                  </Button>
                ) : null}
              </li>
            ))}
          </ul>
        )}
      </SettingsList>
      {open === null ? null : <RuleDialog rule={open.rule} rules={rules.data ?? []} close={() => setOpen(null)} />}
    </>
  );
}

function Part({ label, whom, unless }: { label: string; whom: ProtectionRuleView["mayPublish"]; unless: string }) {
  const named = [...whom.roles, ...whom.people.map(({ name }) => name)];
  return (
    <span className="flex flex-wrap items-center gap-2 text-xs text-muted-foreground">
      <Badge>{label}</Badge>
      {named.length === 0 ? "For everybody" : `${unless} ${named.join(", ")}`}
    </span>
  );
}

"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { BellRing, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { toast } from "@/components/ui/toast";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { EnvironmentBadge } from "@/components/environments/environment-badge";
import { useFolderName } from "@/components/settings/folder-place";
import { SettingsList } from "@/components/settings/settings-list";
import { useMay } from "@/components/shell/workspace-context";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Switch } from "@/components/ui/switch";
import type { RuleView } from "@/server/alerts/contract";
import { conditionWords } from "./condition-words";
import { fieldsOf, RuleDialog } from "./rule-dialog";

/** Rules: what somebody is told of. */
export function RulesTab() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const mayWrite = useMay("settings:write");
  const nameOf = useFolderName();
  const rules = useQuery(trpc.alerts.rules.queryOptions());
  const [open, setOpen] = useState<RuleView | "new" | null>(null);
  const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.alerts.rules.pathKey() });
  const failed = (error: unknown) => void toast.error(readRefusal(error).message);
  const update = useMutation(trpc.alerts.updateRule.mutationOptions({ onSettled: refresh, onError: failed }));
  const create = useMutation(trpc.alerts.createRule.mutationOptions({ onSettled: refresh, onError: failed }));
  const remove = useMutation(trpc.alerts.removeRule.mutationOptions({ onSettled: refresh, onError: failed }));
  const removeWithUndo = (rule: RuleView) =>
    remove.mutate({ ruleId: rule.id }, { onSuccess: () => void toast(`${rule.name} was removed.`, { action: { label: "Undo", onClick: () => create.mutate(fieldsOf(rule)) } }) });
  const newRule = (
    <Button variant="primary" onClick={() => setOpen("new")}>
      <Plus aria-hidden />
      New rule
    </Button>
  );
  return (
    <>
      <SettingsList
        title="Rules"
        description="What people and channels are told of."
        actions={mayWrite ? newRule : null}
        query={rules}
        empty={{ icon: BellRing, title: "Nobody is told of anything yet", text: "A rule says what to watch, such as failed runs of a folder, and who hears of it: people in their inbox, a mailbox, Slack, another program." }}
      >
        {(items) => (
          <ul className="divide-y" aria-label="Rules">
            {items.map((rule) => (
              <li key={rule.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
                <div className="flex min-w-0 flex-1 basis-60 flex-col gap-1">
                  <div className="flex flex-wrap items-center gap-2">
                    <span className="font-medium break-words">{rule.name}</span>
                    {rule.scope === null ? null : <Badge>{rule.scope.name === null ? `a ${rule.scopeType} that is gone` : rule.scopeType === "folder" ? nameOf(rule.scope.id, rule.scope.name) : rule.scope.name}</Badge>}
                    {rule.environment === null ? null : <EnvironmentBadge environment={rule.environment} />}
                  </div>
                  <p className="text-sm text-muted-foreground">{rule.conditions.map(conditionWords).join(" · ")}</p>
                  <p className="text-xs text-muted-foreground">To {[...(rule.inApp ? ["people"] : []), ...rule.channels.map(({ name }) => name)].join(", ") || "nobody"}</p>
                </div>
                <div className="flex items-center gap-2">
                  <Switch
                    aria-label={`${rule.name} enabled`}
                    checked={update.isPending && update.variables.ruleId === rule.id ? (update.variables.enabled ?? true) : rule.enabled}
                    disabled={!mayWrite || update.isPending}
                    onCheckedChange={(enabled) => update.mutate({ ruleId: rule.id, ...fieldsOf(rule), enabled })}
                  />
                  {mayWrite ? (
                    <>
                      <Button variant="ghost" size="icon" aria-label={`Change ${rule.name}`} onClick={() => setOpen(rule)}>
                        <Pencil aria-hidden />
                      </Button>
                      <Button variant="ghost" size="icon" aria-label={`Remove ${rule.name}`} onClick={() => removeWithUndo(rule)}>
                        <Trash2 aria-hidden />
                      </Button>
                    </>
                  ) : null}
                </div>
              </li>
            ))}
          </ul>
        )}
      </SettingsList>
      {open === null ? null : <RuleDialog rule={open === "new" ? null : open} close={() => setOpen(null)} />}
    </>
  );
}

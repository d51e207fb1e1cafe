"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { BadgeCheck, Plus } from "lucide-react";
import { useState } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { SettingsList } from "@/components/settings/settings-list";
import { useMay } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import type { IssuerView } from "@/server/programs/contract";
import { IssuerDialog } from "./issuer-dialog";
import { useRefreshPrograms } from "./use-refresh-programs";

export function IssuersTab() {
  const trpc = useTRPC();
  const refresh = useRefreshPrograms();
  const mayWrite = useMay("member:write");
  const issuers = useQuery(trpc.programs.issuers.queryOptions());
  const [open, setOpen] = useState<{ issuer: IssuerView | null } | null>(null);
  const told = { onSuccess: refresh, onError: (error: unknown) => toast.error(readRefusal(error).message) };
  const set = useMutation(trpc.programs.setIssuer.mutationOptions(told));
  const remove = useMutation(trpc.programs.removeIssuer.mutationOptions(told));
  return (
    <>
      <SettingsList
        title="Trusted issuers"
        description="Tokens that somebody else signs (CI systems, clusters) are accepted for one audience; a claim says which role they have."
        actions={mayWrite ? <Button variant="primary" onClick={() => setOpen({ issuer: null })}><Plus aria-hidden />New issuer</Button> : null}
        query={issuers}
        empty={{ icon: BadgeCheck, title: "No trusted issuers", text: "With one, a job in GitHub Actions, GitLab or Kubernetes calls Millrace without a stored secret." }}
      >
        {(items) => (
          <ul className="divide-y">
            {items.map((item) => {
            const { id, name, issuer, audience, claim, roles, enabled, lastUsedAt } = item;
            return (
              <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
                <div className="flex min-w-0 flex-1 basis-60 flex-col gap-1">
                  <div className="flex flex-wrap items-center gap-2">
                    <span className="font-medium break-words">{name}</span>
                    {enabled ? null : <Badge tone="danger">Off</Badge>}
                  </div>
                  <p className="text-xs break-all text-muted-foreground">{issuer}, for {audience}</p>
                  <p className="text-xs break-words text-muted-foreground">
                    {claim}: {roles.map(({ value, roleName }) => `${value} → ${roleName ?? "a role that is gone"}`).join(", ")}; {lastUsedAt === null ? "never used" : <>used <Moment at={lastUsedAt} /></>}
                  </p>
                </div>
                {mayWrite ? (
                  <div className="flex flex-wrap gap-2">
                    <Button size="sm" onClick={() => setOpen({ issuer: item })} aria-label={`Change ${name}`}>Change</Button>
                    <Button size="sm" disabled={set.isPending} onClick={() => set.mutate({ issuerId: id, enabled: !enabled })} aria-label={`${enabled ? "Switch off" : "Switch on"} ${name}`}>{enabled ? "Switch off" : "Switch on"}</Button>
                    <Button size="sm" variant="ghost" disabled={remove.isPending || enabled} title={enabled ? "Switch it off first" : undefined} onClick={() => remove.mutate({ issuerId: id })} aria-label={`Delete ${name}`}>Delete</Button>
                  </div>
                ) : null}
              </li>
            );
          })}
          </ul>
        )}
      </SettingsList>
      {open === null ? null : <IssuerDialog issuer={open.issuer} close={() => setOpen(null)} />}
    </>
  );
}

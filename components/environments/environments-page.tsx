"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowDown, ArrowUp, Layers, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { SettingsList } from "@/components/settings/settings-list";
import { useMay, useWorkspace } from "@/components/shell/workspace-context";
import { EntryLink, EntryRow } from "@/components/settings/entry";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { FIRST_ENVIRONMENTS } from "@/server/environments/constants";
import type { EnvironmentView } from "@/server/environments/contract";
import { EnvironmentBadge } from "./environment-badge";
import { EnvironmentDialog } from "./environment-dialog";
import { RemoveEnvironmentDialog } from "./remove-environment-dialog";

type Open = { kind: "add" } | { kind: "change" | "remove"; environment: EnvironmentView } | null;

/** Where versions go one after the other, and whose values their runs have. */
export function EnvironmentsPage() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const isWhole = useWorkspace().current.isWhole;
  const mayWrite = useMay("settings:write") && isWhole;
  const environments = useQuery(trpc.environments.list.queryOptions());
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const options = {
    onSuccess: async (list: EnvironmentView[]) => {
      queryClient.setQueryData(trpc.environments.list.queryKey(), list);
      await queryClient.invalidateQueries({ queryKey: trpc.deployments.pathKey() });
      await queryClient.invalidateQueries({ queryKey: trpc.workflows.pathKey() });
    },
    onError: (error: unknown) => void toast.error(readRefusal(error).message),
  };
  const add = useMutation(trpc.environments.add.mutationOptions(options));
  const order = useMutation(trpc.environments.order.mutationOptions(options));
  const isEmpty = environments.data?.length === 0;
  const begin = (
    <Button variant="primary" disabled={add.isPending} onClick={() => add.mutate({ environments: FIRST_ENVIRONMENTS.map((one) => ({ ...one })) })}>
      <Plus aria-hidden />
      Add environments
    </Button>
  );
  return (
    <>
      <SettingsList
        title="Environments"
        description="Publishing brings a version to the first one. From there it is promoted from one to the next; in the last one it is live."
        actions={!mayWrite || environments.data === undefined ? null : isEmpty ? begin : (
          <Button variant="primary" onClick={() => setOpen({ kind: "add" })}>
            <Plus aria-hidden />
            New environment
          </Button>
        )}
        query={environments}
        empty={{ icon: Layers, title: "No environments", text: "What is published is live at once. With development, staging and production a version is tried with values of their own first. What is published now counts as being in all of them." }}
      >
        {(items) => (
          <ol className="divide-y" aria-label="Environments in the order of promotion">
            {items.map((environment, index) => (
              <EntryRow key={environment.id} id={environment.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
                <div className="flex min-w-0 flex-1 basis-56 flex-col gap-1">
                  <p className="flex min-w-0 flex-wrap items-center gap-2">
                    <EntryLink id={environment.id}><EnvironmentBadge environment={environment} className="text-sm text-foreground" /></EntryLink>
                    <code className="font-mono text-xs text-muted-foreground">{environment.slug}</code>
                    {environment.isLive ? <Badge tone="success">Live</Badge> : null}
                  </p>
                  <p className="text-xs text-muted-foreground">{describe(environment)}</p>
                </div>
                {mayWrite ? (
                  <div className="flex">
                    {environment.isLive ? null : (
                      <>
                        <Button variant="ghost" size="icon" aria-label={`Move ${environment.name} up`} disabled={index === 0 || order.isPending} onClick={() => order.mutate({ environmentIds: swapped(items, index - 1) })}>
                          <ArrowUp aria-hidden />
                        </Button>
                        <Button variant="ghost" size="icon" aria-label={`Move ${environment.name} down`} disabled={index >= items.length - 2 || order.isPending} onClick={() => order.mutate({ environmentIds: swapped(items, index) })}>
                          <ArrowDown aria-hidden />
                        </Button>
                      </>
                    )}
                    <Button variant="ghost" size="icon" aria-label={`Change ${environment.name}`} onClick={() => setOpen({ kind: "change", environment })}>
                      <Pencil aria-hidden />
                    </Button>
                    <Button variant="ghost" size="icon" aria-label={`Remove ${environment.name}`} onClick={() => setOpen({ kind: "remove", environment })}>
                      <Trash2 aria-hidden />
                    </Button>
                  </div>
                ) : null}
              </EntryRow>
            ))}
          </ol>
        )}
      </SettingsList>
      {open?.kind === "add" ? <EnvironmentDialog environment={null} close={close} /> : null}
      {open?.kind === "change" ? <EnvironmentDialog environment={open.environment} close={close} /> : null}
      {open?.kind === "remove" ? <RemoveEnvironmentDialog environment={open.environment} close={close} /> : null}
    </>
  );
}

/** The order with the one at `index` and the next exchanged. */
function swapped(items: readonly EnvironmentView[], index: number): string[] {
  const ids = items.map(({ id }) => id);
  return [...ids.slice(0, index), ids[index + 1]!, ids[index]!, ...ids.slice(index + 2)];
}

function describe({ isStrict, allowsTests, allowsSkipping, promoters }: EnvironmentView): string {
  const whom = [...promoters.roles, ...promoters.people.map(({ name }) => name)];
  return [
    whom.length === 0 ? "Whoever may publish brings versions here" : `Only ${whom.join(", ")} bring versions here`,
    ...(allowsTests ? ["drafts may be tested"] : []),
    ...(isStrict ? ["only values of its own"] : []),
    ...(allowsSkipping ? ["takes versions from any earlier one"] : []),
  ].join(" · ");
}

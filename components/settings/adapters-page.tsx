"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Bot, Pencil, Plus, Trash2 } from "lucide-react";
import { useId, useState } from "react";
import { toast } from "@/components/ui/toast";
import { readRefusal } from "@/components/data/problem";
import { useTRPC, type RouterOutputs } from "@/components/data/trpc";
import { useMay } from "@/components/shell/workspace-context";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Switch } from "@/components/ui/switch";
import { AdapterDialog } from "./adapter-dialog";
import { ConfirmDialog } from "./confirm-dialog";
import { SettingsList } from "./settings-list";

type Adapter = RouterOutputs["catalog"]["list"][number];
type Open = { kind: "edit"; adapter: Adapter | null } | { kind: "delete"; adapter: Adapter } | null;

const ORIGINS = { "built-in": "Built in", organization: "Organization", workspace: "This workspace" } as const;

export function AdaptersPage() {
  const trpc = useTRPC();
  const mayWrite = useMay("settings:write");
  const adapters = useQuery(trpc.catalog.list.queryOptions({ type: "adapter" }));
  const [open, setOpen] = useState<Open>(null);
  return (
    <>
      <SettingsList
        title="LLM adapters"
        description="How steps of the kind LLM reach a model. An adapter names secrets, it never holds a key."
        actions={
          mayWrite ? (
            <Button variant="primary" onClick={() => setOpen({ kind: "edit", adapter: null })}>
              <Plus aria-hidden />
              New adapter
            </Button>
          ) : null
        }
        query={adapters}
        empty={{ icon: Bot, title: "No adapters", text: "Add one for an OpenAI-compatible or Anthropic model." }}
      >
        {(items) => (
          <ul className="divide-y">
            {items.map((adapter) => (
              <AdapterRow key={adapter.id} adapter={adapter} mayWrite={mayWrite} onOpen={setOpen} />
            ))}
          </ul>
        )}
      </SettingsList>
      {open?.kind === "edit" ? <AdapterDialog adapter={open.adapter} close={() => setOpen(null)} /> : null}
      {open?.kind === "delete" ? <RemoveDialog adapter={open.adapter} close={() => setOpen(null)} /> : null}
    </>
  );
}

function AdapterRow({ adapter, mayWrite, onOpen }: { adapter: Adapter; mayWrite: boolean; onOpen: (open: Open) => void }) {
  const trpc = useTRPC();
  const id = useId();
  const queryClient = useQueryClient();
  const update = useMutation(
    trpc.catalog.update.mutationOptions({
      onSettled: () => queryClient.invalidateQueries({ queryKey: trpc.catalog.pathKey() }),
      onError: (error) => void toast.error(readRefusal(error).message),
    }),
  );
  const isEnabled = update.isPending ? (update.variables.enabled ?? adapter.enabled) : adapter.enabled;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="flex min-w-0 flex-1 basis-40 flex-col gap-1">
        <div className="flex flex-wrap items-center gap-2">
          <span className="font-medium">{adapter.name}</span>
          <code className="font-mono text-xs text-muted-foreground">{adapter.slug}</code>
          <Badge>{adapter.provider}</Badge>
          <Badge>{ORIGINS[adapter.origin]}</Badge>
        </div>
        {adapter.description ? <p className="text-sm text-muted-foreground">{adapter.description}</p> : null}
      </div>
      <div className="flex items-center gap-2">
        <label htmlFor={id} className="text-xs text-muted-foreground">{isEnabled ? "Enabled" : "Disabled"}</label>
        <Switch
          id={id}
          aria-label={`${adapter.name} enabled`}
          checked={isEnabled}
          disabled={!mayWrite || update.isPending}
          onCheckedChange={(enabled) => update.mutate({ itemId: adapter.id, enabled })}
        />
        {mayWrite ? (
          <>
            <Button variant="ghost" size="icon" aria-label={`Change ${adapter.name}`} onClick={() => onOpen({ kind: "edit", adapter })}>
              <Pencil aria-hidden />
            </Button>
            {adapter.origin === "workspace" ? (
              <Button variant="ghost" size="icon" aria-label={`Remove ${adapter.name}`} onClick={() => onOpen({ kind: "delete", adapter })}>
                <Trash2 aria-hidden />
              </Button>
            ) : null}
          </>
        ) : null}
      </div>
    </li>
  );
}

function RemoveDialog({ adapter, close }: { adapter: Adapter; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const remove = useMutation(
    trpc.catalog.remove.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries({ queryKey: trpc.catalog.pathKey() });
        close();
      },
    }),
  );
  return (
    <ConfirmDialog title={`Remove ${adapter.name}?`} action="Remove" isBusy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate({ itemId: adapter.id })} close={close}>
      Steps that name {adapter.slug} fail, unless a shared adapter has the same name.
    </ConfirmDialog>
  );
}

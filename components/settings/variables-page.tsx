"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Pencil, Plus, Trash2, Variable } from "lucide-react";
import { useState } from "react";
import { useTRPC, type RouterOutputs } from "@/components/data/trpc";
import { useMay } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "./confirm-dialog";
import { SettingsList } from "./settings-list";
import { VariableDialog } from "./variable-dialog";

type VariableRow = RouterOutputs["variables"]["list"][number];
type Open = { kind: "set"; variable: VariableRow | null } | { kind: "delete"; variable: VariableRow } | null;

export function VariablesPage() {
  const trpc = useTRPC();
  const mayWrite = useMay("variable:write");
  const variables = useQuery(trpc.variables.list.queryOptions());
  const [open, setOpen] = useState<Open>(null);
  return (
    <>
      <SettingsList
        title="Variables"
        description={
          <>
            Values that several workflows share. Expressions read one as <code className="font-mono">vars.NAME</code>; a run keeps the values it began with.
          </>
        }
        actions={
          mayWrite ? (
            <Button variant="primary" onClick={() => setOpen({ kind: "set", variable: null })}>
              <Plus aria-hidden />
              New variable
            </Button>
          ) : null
        }
        query={variables}
        empty={{ icon: Variable, title: "No variables", text: "An address or a limit that differs between installations belongs here rather than in each workflow." }}
      >
        {(items) => (
          <ul className="divide-y">
            {items.map((variable) => (
              <li key={variable.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
                <div className="flex min-w-0 flex-1 flex-col gap-1">
                  <code className="font-mono text-sm font-medium break-all">{variable.name}</code>
                  <code className="line-clamp-2 font-mono text-xs break-all text-muted-foreground">{JSON.stringify(variable.value)}</code>
                  {variable.description ? <p className="text-sm text-muted-foreground">{variable.description}</p> : null}
                  <p className="text-xs text-muted-foreground">
                    Changed <Moment at={variable.updatedAt} />
                    {variable.updatedBy === null ? "" : ` by ${variable.updatedBy}`}
                  </p>
                </div>
                {mayWrite ? (
                  <div className="flex">
                    <Button variant="ghost" size="icon" aria-label={`Change ${variable.name}`} onClick={() => setOpen({ kind: "set", variable })}>
                      <Pencil aria-hidden />
                    </Button>
                    <Button variant="ghost" size="icon" aria-label={`Delete ${variable.name}`} onClick={() => setOpen({ kind: "delete", variable })}>
                      <Trash2 aria-hidden />
                    </Button>
                  </div>
                ) : null}
              </li>
            ))}
          </ul>
        )}
      </SettingsList>
      {open?.kind === "set" ? <VariableDialog variable={open.variable} close={() => setOpen(null)} /> : null}
      {open?.kind === "delete" ? <DeleteVariableDialog name={open.variable.name} close={() => setOpen(null)} /> : null}
    </>
  );
}

function DeleteVariableDialog({ name, close }: { name: string; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const remove = useMutation(
    trpc.variables.delete.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries({ queryKey: trpc.variables.pathKey() });
        close();
      },
    }),
  );
  return (
    <ConfirmDialog title={`Delete ${name}?`} action="Delete" isBusy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate({ name })} close={close}>
      Expressions that read it will find null.
    </ConfirmDialog>
  );
}

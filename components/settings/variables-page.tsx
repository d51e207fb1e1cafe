"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Pencil, Plus, Trash2, Variable } from "lucide-react";
import { useState } from "react";
import { toast } from "@/components/ui/toast";
import { readRefusal } from "@/components/data/problem";
import { useTRPC, type RouterInputs, type RouterOutputs } from "@/components/data/trpc";
import { EnvironmentPlace } from "@/components/environments/environment-choice";
import { useMay } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { EntryLink, EntryRow } from "@/components/settings/entry";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "./confirm-dialog";
import { FolderPlace } from "./folder-place";
import { usesText } from "./secret-row";
import { SettingsList } from "./settings-list";
import { UsesDialog } from "./uses-dialog";
import { VariableDialog } from "./variable-dialog";

type VariableRow = RouterOutputs["variables"]["list"][number];
type VariableValue = RouterInputs["variables"]["set"]["value"];
type Open = { kind: "set"; variable: VariableRow | null } | { kind: "delete" | "uses"; variable: VariableRow } | null;

export function VariablesPage() {
  const trpc = useTRPC();
  const mayWrite = useMay("variable:write");
  const variables = useQuery(trpc.variables.list.queryOptions());
  const [open, setOpen] = useState<Open>(null);
  const remove = useRemoval();
  const close = () => setOpen(null);
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
              <EntryRow key={variable.id} id={variable.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
                <div className="flex min-w-0 flex-1 basis-40 flex-col gap-1">
                  <p className="flex min-w-0 flex-wrap items-center gap-2">
                    <EntryLink id={variable.id}><code className="font-mono text-sm font-medium break-all">{variable.name}</code></EntryLink>
                    <EnvironmentPlace environmentId={variable.environmentId} />
                    <FolderPlace item={variable} />
                  </p>
                  <code className="line-clamp-2 font-mono text-xs break-all text-muted-foreground">{JSON.stringify(variable.value)}</code>
                  {variable.description ? <p className="text-sm text-muted-foreground">{variable.description}</p> : null}
                  <p className="text-xs text-muted-foreground">
                    Changed <Moment at={variable.updatedAt} />
                    {variable.updatedBy === null ? "" : ` by ${variable.updatedBy}`}
                  </p>
                </div>
                <Button variant="ghost" size="sm" aria-label={`Where ${variable.name} is used`} onClick={() => setOpen({ kind: "uses", variable })}>
                  {usesText(variable.usedBy.length)}
                </Button>
                {mayWrite ? (
                  <div className="flex">
                    <Button variant="ghost" size="icon" aria-label={`Change ${variable.name}`} onClick={() => setOpen({ kind: "set", variable })}>
                      <Pencil aria-hidden />
                    </Button>
                    <Button variant="ghost" size="icon" aria-label={`Delete ${variable.name}`} onClick={() => (variable.usedBy.length > 0 ? setOpen({ kind: "delete", variable }) : remove(variable))}>
                      <Trash2 aria-hidden />
                    </Button>
                  </div>
                ) : null}
              </EntryRow>
            ))}
          </ul>
        )}
      </SettingsList>
      {open?.kind === "set" ? <VariableDialog variable={open.variable} close={close} /> : null}
      {open?.kind === "uses" ? <VariableUses variable={open.variable} close={close} /> : null}
      {open?.kind === "delete" ? (
        <ConfirmDialog
          title={`Delete ${open.variable.name}?`}
          action="Delete"
          isBusy={false}
          error={null}
          onConfirm={() => {
            remove(open.variable);
            close();
          }}
          close={close}
        >
          {open.variable.usedBy.map(({ name }) => name).join(", ")} {open.variable.usedBy.length === 1 ? "names" : "name"} it and will find {open.variable.overrides === undefined ? "null" : "the other of its name"}.
        </ConfirmDialog>
      ) : null}
    </>
  );
}

function VariableUses({ variable: { id, name }, close }: { variable: VariableRow; close: () => void }) {
  const trpc = useTRPC();
  return <UsesDialog name={name} query={useQuery(trpc.variables.uses.queryOptions({ variableId: id }))} close={close} />;
}

/** Deletes at once, and offers to bring back what was there. */
function useRemoval(): (variable: VariableRow) => void {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.variables.pathKey() });
  const onError = (error: unknown) => void toast.error(readRefusal(error).message);
  const restoring = useMutation(trpc.variables.set.mutationOptions({ onSuccess: refresh, onError }));
  const removing = useMutation(trpc.variables.delete.mutationOptions({ onSuccess: refresh, onError }));
  return ({ name, folderId, environmentId, value, description }) =>
    removing.mutate(
      { name, folderId, environmentId },
      {
        onSuccess: () => void toast(`${name} is deleted. Expressions that read it find null.`, { action: { label: "Undo", onClick: () => restoring.mutate({ name, folderId, environmentId, value: value as VariableValue, description }) } }),
      },
    );
}

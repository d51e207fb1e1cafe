"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC, type RouterOutputs } from "@/components/data/trpc";
import { EnvironmentChoice } from "@/components/environments/environment-choice";
import { useWorkspace } from "@/components/shell/workspace-context";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { variableNameSchema } from "@/server/variables/contract";
import { FolderChoice } from "./folder-place";
import { NamedValueDialog } from "./named-value-dialog";

/** A value is JSON; text that is not JSON is taken as text. */
export function VariableDialog({ variable, close }: { variable: RouterOutputs["variables"]["list"][number] | null; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { isWhole } = useWorkspace().current;
  const [folderId, setFolderId] = useState(variable?.folderId ?? null);
  const [environmentId, setEnvironmentId] = useState(variable?.environmentId ?? null);
  const [text, setText] = useState(() => (variable === null ? "" : printValue(variable.value)));
  const save = useMutation(
    trpc.variables.set.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries({ queryKey: trpc.variables.pathKey() });
        close();
      },
    }),
  );
  const value = readValue(text);
  return (
    <NamedValueDialog what="variable" existing={variable} nameSchema={variableNameSchema} saving={save} canSave={isWhole || folderId !== null} save={(named) => save.mutate({ ...named, folderId, environmentId, value })} close={close}>
      {variable === null ? <FolderChoice value={folderId} onChange={setFolderId} /> : null}
      {variable === null ? <EnvironmentChoice value={environmentId} onChange={setEnvironmentId} /> : null}
      <Field label="Value" hint={`Stored as ${typeof value === "string" ? "text" : "JSON"}. Numbers, true, lists and objects are written as JSON.`}>
        {(control) => <Textarea {...control} value={text} spellCheck={false} className="font-mono" onChange={(event) => setText(event.target.value)} />}
      </Field>
    </NamedValueDialog>
  );
}

type Json = Parameters<typeof JSON.stringify>[0] & (string | number | boolean | null | Json[] | { [key: string]: Json });

function readValue(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** Text shows without quotes, unless it would be read as something else then. */
function printValue(value: unknown): string {
  return typeof value === "string" && readValue(value) === value ? value : JSON.stringify(value, null, 2);
}

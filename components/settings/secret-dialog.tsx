"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/data/trpc";
import { useWorkspace } from "@/components/shell/workspace-context";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { secretNameSchema, type SecretView } from "@/server/secrets/contract";
import { FolderChoice } from "./folder-place";
import { NamedValueDialog } from "./named-value-dialog";

/** A new secret, or a new value for one. The value goes in and never comes out. */
export function SecretDialog({ secret, close }: { secret: SecretView | null; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { isWhole } = useWorkspace().current;
  const [value, setValue] = useState("");
  const [folderId, setFolderId] = useState(secret?.folderId ?? null);
  const put = useMutation(
    trpc.secrets.put.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries({ queryKey: trpc.secrets.pathKey() });
        close();
      },
    }),
  );
  return (
    <NamedValueDialog
      what="secret"
      existing={secret}
      nameSchema={secretNameSchema}
      saving={put}
      canSave={secret !== null || (value !== "" && (isWhole || folderId !== null))}
      save={(named) => put.mutate({ ...named, folderId, ...(value === "" ? {} : { value }) })}
      close={close}
    >
      {secret === null ? <FolderChoice value={folderId} onChange={setFolderId} /> : null}
      <Field label="Value" required={secret === null} hint={secret === null ? undefined : "Left empty: the value stays as it is."}>
        {(control) => (
          <Textarea {...control} value={value} spellCheck={false} autoComplete="off" className="font-mono" onChange={(event) => setValue(event.target.value)} />
        )}
      </Field>
    </NamedValueDialog>
  );
}

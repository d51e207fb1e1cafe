"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/data/trpc";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { secretNameSchema, type SecretView } from "@/server/secrets/contract";
import { NamedValueDialog } from "./named-value-dialog";

/** A new secret, or a new value for one. The value goes in and never comes out. */
export function SecretDialog({ secret, close }: { secret: SecretView | null; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [value, setValue] = useState("");
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
      canSave={secret !== null || value !== ""}
      save={(named) => put.mutate({ ...named, ...(value === "" ? {} : { value }) })}
      close={close}
    >
      <Field label="Value" required={secret === null} hint={secret === null ? undefined : "Left empty: the value stays as it is."}>
        {(control) => (
          <Textarea {...control} value={value} spellCheck={false} autoComplete="off" className="font-mono" onChange={(event) => setValue(event.target.value)} />
        )}
      </Field>
    </NamedValueDialog>
  );
}

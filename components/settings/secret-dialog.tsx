"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/data/trpc";
import { EnvironmentChoice } from "@/components/environments/environment-choice";
import { useWorkspace } from "@/components/shell/workspace-context";
import { secretNameSchema, type SecretView } from "@/server/secrets/contract";
import { FolderChoice } from "./folder-place";
import { NamedValueDialog } from "./named-value-dialog";
import { SecretSource, type SecretSourceValue } from "./secret-source";

/** A new secret, or a new value for one. The value goes in and never comes out. */
export function SecretDialog({ secret, close }: { secret: SecretView | null; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { isWhole } = useWorkspace().current;
  const [folderId, setFolderId] = useState(secret?.folderId ?? null);
  const [environmentId, setEnvironmentId] = useState(secret?.environmentId ?? null);
  const [source, setSource] = useState<SecretSourceValue>({ storeId: secret?.store?.id ?? null, ref: secret?.store?.ref ?? "", value: "" });
  const put = useMutation(
    trpc.secrets.put.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries({ queryKey: trpc.secrets.pathKey() });
        await queryClient.invalidateQueries({ queryKey: trpc.secretStores.pathKey() });
        // The first one makes the key.
        await queryClient.invalidateQueries({ queryKey: trpc.keyRotation.pathKey() });
        close();
      },
    }),
  );
  const { storeId, ref, value } = source;
  const isMoved = storeId !== (secret?.store?.id ?? null) || ref.trim() !== (secret?.store?.ref ?? "");
  const kept = storeId === null ? (value === "" ? {} : { value }) : isMoved ? { store: { storeId, ref: ref.trim() } } : {};
  const isComplete = storeId === null ? value !== "" || (secret !== null && secret.store === null) : ref.trim() !== "";
  return (
    <NamedValueDialog
      what="secret"
      existing={secret}
      nameSchema={secretNameSchema}
      saving={put}
      canSave={isComplete && (isWhole || folderId !== null)}
      save={(named) => put.mutate({ ...named, folderId, environmentId, ...kept })}
      close={close}
    >
      {secret === null ? <FolderChoice value={folderId} onChange={setFolderId} /> : null}
      {secret === null ? <EnvironmentChoice value={environmentId} onChange={setEnvironmentId} /> : null}
      <SecretSource source={source} isNew={secret === null || secret.store !== null} onChange={setSource} />
    </NamedValueDialog>
  );
}

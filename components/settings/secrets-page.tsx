"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Lock, Plus } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "@/components/data/trpc";
import { useMay, useWorkspace } from "@/components/shell/workspace-context";
import { Button } from "@/components/ui/button";
import type { SecretView } from "@/server/secrets/contract";
import { ConfirmDialog } from "./confirm-dialog";
import { DataKeyCard } from "./data-key-card";
import { SecretDialog } from "./secret-dialog";
import { SecretRow } from "./secret-row";
import { SettingsList } from "./settings-list";
import { StoresCard } from "./stores-card";
import { UseList, UsesDialog } from "./uses-dialog";

type Open = { kind: "put"; secret: SecretView | null } | { kind: "delete" | "uses"; secret: SecretView } | null;

export function SecretsPage() {
  const trpc = useTRPC();
  const mayWrite = useMay("secret:write");
  const { isWhole } = useWorkspace().current;
  const secrets = useQuery(trpc.secrets.list.queryOptions());
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  return (
    <>
      <SettingsList
        title="Secrets"
        description={
          <>
            Passwords and keys, encrypted. A step reads one as <code className="font-mono">{"{{ secrets.NAME }}"}</code> in a field made for it; nobody can read a value here.
          </>
        }
        actions={
          mayWrite ? (
            <Button variant="primary" onClick={() => setOpen({ kind: "put", secret: null })}>
              <Plus aria-hidden />
              New secret
            </Button>
          ) : null
        }
        query={secrets}
        empty={{ icon: Lock, title: "No secrets", text: "Store a key here and name it in the authentication of an HTTP step." }}
      >
        {(items) => (
          <ul className="divide-y">
            {items.map((secret) => (
              <SecretRow
                key={secret.id}
                secret={secret}
                mayWrite={mayWrite}
                onChange={() => setOpen({ kind: "put", secret })}
                onDelete={() => setOpen({ kind: "delete", secret })}
                onUses={() => setOpen({ kind: "uses", secret })}
              />
            ))}
          </ul>
        )}
      </SettingsList>
      {isWhole ? (
        <>
          <StoresCard />
          <DataKeyCard />
        </>
      ) : null}
      {open?.kind === "put" ? <SecretDialog secret={open.secret} close={close} /> : null}
      {open?.kind === "delete" ? <DeleteSecretDialog secret={open.secret} close={close} /> : null}
      {open?.kind === "uses" ? <SecretUses secret={open.secret} close={close} /> : null}
    </>
  );
}

function SecretUses({ secret: { id, name }, close }: { secret: SecretView; close: () => void }) {
  const trpc = useTRPC();
  return <UsesDialog name={name} query={useQuery(trpc.secrets.uses.queryOptions({ secretId: id }))} close={close} />;
}

function DeleteSecretDialog({ secret, close }: { secret: SecretView; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { id, name, folderId, environmentId } = secret;
  const uses = useQuery(trpc.secrets.uses.queryOptions({ secretId: id }));
  const remove = useMutation(
    trpc.secrets.delete.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries({ queryKey: trpc.secrets.pathKey() });
        close();
      },
    }),
  );
  const isUsed = (uses.data?.uses.length ?? secret.useCount) > 0;
  return (
    <ConfirmDialog title={`Delete ${name}?`} action="Delete" isBusy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate({ name, folderId, environmentId })} close={close} details={isUsed && uses.data !== undefined ? <UseList {...uses.data} /> : null}>
      {isUsed ? `What names it fails without it${secret.overrides === undefined ? "" : ", or finds the other of its name"}:` : "Nothing names it. Its value cannot be brought back."}
    </ConfirmDialog>
  );
}

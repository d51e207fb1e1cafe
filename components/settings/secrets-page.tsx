"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Lock, Pencil, Plus, Trash2 } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/components/data/trpc";
import { useHref, useMay } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { Button } from "@/components/ui/button";
import type { SecretView } from "@/server/secrets/contract";
import { ConfirmDialog } from "./confirm-dialog";
import { SecretDialog } from "./secret-dialog";
import { DataKeyCard } from "./data-key-card";
import { SettingsList } from "./settings-list";

type Open = { kind: "put"; secret: SecretView | null } | { kind: "delete"; secret: SecretView } | null;

export function SecretsPage() {
  const trpc = useTRPC();
  const mayWrite = useMay("secret:write");
  const secrets = useQuery(trpc.secrets.list.queryOptions());
  const [open, setOpen] = useState<Open>(null);
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
              <SecretRow key={secret.id} secret={secret} mayWrite={mayWrite} onOpen={setOpen} />
            ))}
          </ul>
        )}
      </SettingsList>
      <DataKeyCard />
      {open?.kind === "put" ? <SecretDialog secret={open.secret} close={() => setOpen(null)} /> : null}
      {open?.kind === "delete" ? <DeleteSecretDialog secret={open.secret} close={() => setOpen(null)} /> : null}
    </>
  );
}

function SecretRow({ secret, mayWrite, onOpen }: { secret: SecretView; mayWrite: boolean; onOpen: (open: Open) => void }) {
  const href = useHref();
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <code className="font-mono text-sm font-medium break-all">{secret.name}</code>
        {secret.description ? <p className="text-sm text-muted-foreground">{secret.description}</p> : null}
        <p className="text-xs text-muted-foreground">
          Changed <Moment at={secret.updatedAt} />
          {secret.updatedBy === null ? "" : ` by ${secret.updatedBy}`}
          {secret.lastUsedAt === null ? ", never used" : <>, used <Moment at={secret.lastUsedAt} /></>}
        </p>
        {secret.usedBy.length > 0 ? (
          <p className="flex flex-wrap gap-x-2 text-xs text-muted-foreground">
            In
            {secret.usedBy.map(({ id, name }) => (
              <Link key={id} href={href(`/workflows/${id}`)} className="text-primary underline-offset-4 hover:underline">
                {name}
              </Link>
            ))}
          </p>
        ) : null}
      </div>
      {mayWrite ? (
        <div className="flex">
          <Button variant="ghost" size="icon" aria-label={`Change ${secret.name}`} onClick={() => onOpen({ kind: "put", secret })}>
            <Pencil aria-hidden />
          </Button>
          <Button variant="ghost" size="icon" aria-label={`Delete ${secret.name}`} onClick={() => onOpen({ kind: "delete", secret })}>
            <Trash2 aria-hidden />
          </Button>
        </div>
      ) : null}
    </li>
  );
}

function DeleteSecretDialog({ secret, close }: { secret: SecretView; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const remove = useMutation(
    trpc.secrets.delete.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries({ queryKey: trpc.secrets.pathKey() });
        close();
      },
    }),
  );
  return (
    <ConfirmDialog title={`Delete ${secret.name}?`} action="Delete" isBusy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate({ name: secret.name })} close={close}>
      {secret.usedBy.length > 0
        ? `Steps of ${secret.usedBy.map(({ name }) => name).join(", ")} name it and will fail.`
        : "No workflow names it. Its value cannot be brought back."}
    </ConfirmDialog>
  );
}

"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Pencil, PlugZap, Plus, Trash2, Vault } from "lucide-react";
import { useState } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { useMay } from "@/components/shell/workspace-context";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import type { StoreView } from "@/server/secret-stores/contract";
import { ConfirmDialog } from "./confirm-dialog";
import { SettingsList } from "./settings-list";
import { StoreDialog } from "./store-dialog";
import { STORE_FORMS } from "./store-fields";

type Open = { kind: "save"; store: StoreView | null } | { kind: "remove"; store: StoreView } | null;

/** External stores in which secrets may lie. */
export function StoresCard() {
  const trpc = useTRPC();
  const mayChange = useMay("settings:write");
  const stores = useQuery(trpc.secretStores.list.queryOptions());
  const [open, setOpen] = useState<Open>(null);
  const test = useMutation(trpc.secretStores.test.mutationOptions({ onError: (error) => toast.error(readRefusal(error).message) }));
  const tryIt = ({ id, name }: StoreView) => test.mutate({ storeId: id }, { onSuccess: ({ problem }) => void (problem === null ? toast.success(`${name} answers and takes the credential.`) : toast.error(problem)) });
  return (
    <div className="mt-6">
      <SettingsList
        title="Stores"
        description="Secrets may also lie in a store of your own. Steps read them there when they run; nothing is copied here."
        actions={
          mayChange ? (
            <Button onClick={() => setOpen({ kind: "save", store: null })}>
              <Plus aria-hidden />
              Connect a store
            </Button>
          ) : null
        }
        query={stores}
        empty={{ icon: Vault, title: "No store", text: "HashiCorp Vault, AWS Secrets Manager, Google Secret Manager and Azure Key Vault can be connected." }}
      >
        {(items) => (
          <ul className="divide-y">
            {items.map((store) => (
              <li key={store.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
                <div className="flex min-w-0 flex-1 basis-40 flex-col gap-1">
                  <p className="text-sm font-medium break-words">{store.name}</p>
                  <p className="text-xs text-muted-foreground">
                    {STORE_FORMS[store.kind].title}, {store.secrets === 1 ? "1 secret" : `${store.secrets} secrets`}
                  </p>
                </div>
                {mayChange ? (
                  <div className="flex">
                    <Button variant="ghost" size="icon" aria-label={`Test ${store.name}`} disabled={test.isPending} onClick={() => tryIt(store)}>
                      <PlugZap aria-hidden />
                    </Button>
                    <Button variant="ghost" size="icon" aria-label={`Change ${store.name}`} onClick={() => setOpen({ kind: "save", store })}>
                      <Pencil aria-hidden />
                    </Button>
                    <Button variant="ghost" size="icon" aria-label={`Disconnect ${store.name}`} onClick={() => setOpen({ kind: "remove", store })}>
                      <Trash2 aria-hidden />
                    </Button>
                  </div>
                ) : null}
              </li>
            ))}
          </ul>
        )}
      </SettingsList>
      {open?.kind === "save" ? <StoreDialog store={open.store} close={() => setOpen(null)} /> : null}
      {open?.kind === "remove" ? <RemoveStoreDialog store={open.store} close={() => setOpen(null)} /> : null}
    </div>
  );
}

function RemoveStoreDialog({ store: { id, name, secrets }, close }: { store: StoreView; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const remove = useMutation(
    trpc.secretStores.remove.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries({ queryKey: trpc.secretStores.pathKey() });
        close();
      },
    }),
  );
  return (
    <ConfirmDialog title={`Disconnect ${name}?`} action="Disconnect" isBusy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate({ storeId: id })} close={close}>
      {secrets === 0 ? "No secret lies in it. Its credential is deleted here; the store itself stays as it is." : `${secrets === 1 ? "One secret lies" : `${secrets} secrets lie`} in it: give ${secrets === 1 ? "it" : "them"} another place first.`}
    </ConfirmDialog>
  );
}

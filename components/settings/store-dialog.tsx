"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC, type RouterInputs } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { toast } from "@/components/ui/toast";
import { CACHE_SECONDS_MAX, STORE_KINDS, type StoreKind } from "@/server/secret-stores/constants";
import type { StoreView } from "@/server/secret-stores/contract";
import { STORE_FORMS } from "./store-fields";

type Config = RouterInputs["secretStores"]["save"]["config"];
const KINDS = STORE_KINDS.map((kind) => ({ value: kind, label: STORE_FORMS[kind].title }));

/** How an external store is reached. Its credential goes in and never comes out. */
export function StoreDialog({ store, close }: { store: StoreView | null; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [kind, setKind] = useState<StoreKind>(store?.kind ?? "vault");
  const [name, setName] = useState(store?.name ?? "");
  const [fields, setFields] = useState<Readonly<Record<string, string>>>(() => Object.fromEntries(Object.entries(store?.config ?? {}).map(([key, value]) => [key, String(value)])));
  const [credential, setCredential] = useState("");
  const [cacheSeconds, setCacheSeconds] = useState(String(store?.cacheSeconds ?? 60));
  // What is saved stays saved when the try fails: the next one goes on with it.
  const [storeId, setStoreId] = useState(store?.id);
  const test = useMutation(trpc.secretStores.test.mutationOptions());
  const save = useMutation(trpc.secretStores.save.mutationOptions());
  const form = STORE_FORMS[kind];
  const error = save.error ?? test.error;
  const isBusy = save.isPending || test.isPending;
  /** Saved first: what is tried is what runs will use. */
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const given = Object.fromEntries(form.fields.flatMap((field) => (fields[field.name]?.trim() ? [[field.name, fields[field.name]!.trim()]] : [])));
    test.reset();
    const { id } = await save.mutateAsync({ ...(storeId === undefined ? {} : { storeId }), name: name.trim(), config: { kind, ...given } as Config, ...(credential === "" ? {} : { credential }), cacheSeconds: Number(cacheSeconds) });
    setStoreId(id);
    const { problem } = await test.mutateAsync({ storeId: id }).finally(() => queryClient.invalidateQueries({ queryKey: trpc.secretStores.pathKey() }));
    await queryClient.invalidateQueries({ queryKey: trpc.secretStores.pathKey() });
    if (problem === null) toast.success(`${name.trim()} is connected.`);
    else toast.error(`Saved, but it cannot be used yet. ${problem}`);
    close();
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={store === null ? "Connect a store" : `Change ${store.name}`}
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button form="store" type="submit" variant="primary" disabled={isBusy || name.trim() === ""}>
              Save and test
            </Button>
          </>
        }
      >
        <form id="store" className="flex flex-col gap-4" autoComplete="off" onSubmit={(event) => void submit(event).catch(() => undefined)}>
          {error === null ? null : <Alert tone="danger" title={readRefusal(error).message} />}
          {storeId === undefined ? <Field label="Kind">{(control) => <Select {...control} value={kind} options={KINDS} onValueChange={(chosen) => setKind(chosen as StoreKind)} />}</Field> : null}
          <Field label="Name" required>
            {(control) => <Input {...control} value={name} maxLength={100} required onChange={(event) => setName(event.target.value)} />}
          </Field>
          {form.fields.map(({ name: field, label, hint, isOptional = false, placeholder }) => (
            <Field key={`${kind} ${field}`} label={label} required={!isOptional} hint={hint}>
              {(control) => <Input {...control} value={fields[field] ?? ""} required={!isOptional} placeholder={placeholder} spellCheck={false} onChange={(event) => setFields({ ...fields, [field]: event.target.value })} />}
            </Field>
          ))}
          <Field label={form.credential} required={store === null} hint={store === null ? form.credentialHint : "Left empty: it stays as it is."}>
            {(control) =>
              form.isLong === true ? (
                <Textarea {...control} value={credential} spellCheck={false} autoComplete="off" className="font-mono" onChange={(event) => setCredential(event.target.value)} />
              ) : (
                <Input {...control} type="password" autoComplete="new-password" value={credential} onChange={(event) => setCredential(event.target.value)} />
              )
            }
          </Field>
          <Field label="Kept in memory, seconds" hint="Workers ask again after that. 0: every time.">
            {(control) => <Input {...control} type="number" min={0} max={CACHE_SECONDS_MAX} value={cacheSeconds} onChange={(event) => setCacheSeconds(event.target.value)} />}
          </Field>
        </form>
      </DialogContent>
    </Dialog>
  );
}

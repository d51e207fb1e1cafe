"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/data/trpc";
import { useMay, useWorkspace } from "@/components/shell/workspace-context";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { STORE_FORMS } from "./store-fields";

export interface SecretSourceValue {
  /** Null: it is kept here. */
  storeId: string | null;
  ref: string;
  value: string;
}

const HERE = "here";

/** The value itself, or where it lies in a store. */
export function SecretSource({ source, isNew, onChange }: { source: SecretSourceValue; isNew: boolean; onChange: (source: SecretSourceValue) => void }) {
  const trpc = useTRPC();
  const mayName = useMay("settings:write");
  const { isWhole } = useWorkspace().current;
  const stores = useQuery({ ...trpc.secretStores.list.queryOptions(), enabled: mayName && isWhole });
  const options = [{ value: HERE, label: "Here, encrypted" }, ...(stores.data ?? []).map(({ id, name }) => ({ value: id, label: name }))];
  const store = stores.data?.find(({ id }) => id === source.storeId);
  return (
    <>
      {options.length > 1 ? <Field label="Kept">{(control) => <Select {...control} value={source.storeId ?? HERE} options={options} onValueChange={(chosen) => onChange({ ...source, storeId: chosen === HERE ? null : chosen })} />}</Field> : null}
      {source.storeId === null ? (
        <Field label="Value" required={isNew} hint={isNew ? undefined : "Left empty: the value stays as it is."}>
          {(control) => <Textarea {...control} value={source.value} spellCheck={false} autoComplete="off" className="font-mono" onChange={(event) => onChange({ ...source, value: event.target.value })} />}
        </Field>
      ) : (
        <Field label="Name in the store" required hint="After a # the member of what lies there.">
          {(control) => <Input {...control} value={source.ref} required spellCheck={false} className="font-mono" placeholder={store === undefined ? undefined : STORE_FORMS[store.kind].ref} onChange={(event) => onChange({ ...source, ref: event.target.value })} />}
        </Field>
      )}
    </>
  );
}

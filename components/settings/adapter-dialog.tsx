"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState, type FormEvent } from "react";
import { ErrorState } from "@/components/data/error-state";
import { readRefusal } from "@/components/data/problem";
import { useTRPC, type RouterOutputs } from "@/components/data/trpc";
import { JsonSchemaForm } from "@/components/forms/json-schema-form";
import { useSchemaForm } from "@/components/forms/use-schema-form";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { Select } from "@/components/ui/select";
import { SkeletonRows } from "@/components/ui/skeleton";

type Adapter = RouterOutputs["catalog"]["list"][number];

/** A new adapter, or the settings of one. */
export function AdapterDialog({ adapter, close }: { adapter: Adapter | null; close: () => void }) {
  const trpc = useTRPC();
  const providers = useQuery(trpc.catalog.providers.queryOptions());
  const [provider, setProvider] = useState<string | null>(adapter?.provider ?? null);
  const id = useId();
  const chosen = providers.data?.find((entry) => entry.provider === provider) ?? providers.data?.[0];
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={adapter === null ? "New adapter" : adapter.name}
        description={adapter !== null && adapter.origin !== "workspace" ? "It is shared. Saving makes a copy for this workspace." : undefined}
        className="max-w-xl"
      >
        {providers.isError ? (
          <ErrorState error={providers.error} retry={() => void providers.refetch()} what="the providers" />
        ) : chosen === undefined ? (
          <SkeletonRows count={4} />
        ) : (
          <div className="flex flex-col gap-4">
            {adapter === null ? (
              <div className="flex flex-col gap-1.5">
                <Label htmlFor={id}>Provider</Label>
                <Select
                  id={id}
                  value={chosen.provider}
                  onValueChange={setProvider}
                  options={(providers.data ?? []).map((entry) => ({ value: entry.provider, label: entry.provider }))}
                />
              </div>
            ) : null}
            <AdapterForm key={chosen.provider} adapter={adapter} provider={chosen.provider} schema={adapter?.configSchema ?? chosen.configSchema} close={close} />
          </div>
        )}
      </DialogContent>
    </Dialog>
  );
}

interface AdapterFormProps {
  adapter: Adapter | null;
  provider: string;
  schema: Record<string, unknown>;
  close: () => void;
}

function AdapterForm({ adapter, provider, schema, close }: AdapterFormProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [slug, setSlug] = useState(adapter?.slug ?? "");
  const [name, setName] = useState(adapter?.name ?? "");
  const [description, setDescription] = useState(adapter?.description ?? "");
  const form = useSchemaForm(schema, adapter?.config);
  const onSuccess = async () => {
    await queryClient.invalidateQueries({ queryKey: trpc.catalog.pathKey() });
    close();
  };
  const create = useMutation(trpc.catalog.create.mutationOptions({ onSuccess }));
  const update = useMutation(trpc.catalog.update.mutationOptions({ onSuccess }));
  const error = create.error ?? update.error;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!form.check()) return;
    const config = (form.value ?? {}) as Record<string, unknown>;
    if (adapter === null) create.mutate({ slug, provider, name: name.trim() || slug, description, config });
    else update.mutate({ itemId: adapter.id, name, description, config });
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      {error === null ? null : <Alert tone="danger" title={readRefusal(error).message} />}
      {adapter === null ? (
        <Field label="Slug" hint="What workflows call it: lower-case letters, digits and -." required>
          {(control) => <Input {...control} value={slug} required className="font-mono" onChange={(event) => setSlug(event.target.value)} />}
        </Field>
      ) : null}
      <Field label="Name">{(control) => <Input {...control} value={name} maxLength={200} onChange={(event) => setName(event.target.value)} />}</Field>
      <Field label="Description">
        {(control) => <Input {...control} value={description} maxLength={2_000} onChange={(event) => setDescription(event.target.value)} />}
      </Field>
      <JsonSchemaForm form={form} label="Config" />
      <div className="flex justify-end gap-2">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" variant="primary" disabled={create.isPending || update.isPending || slug === ""}>
          Save
        </Button>
      </div>
    </form>
  );
}

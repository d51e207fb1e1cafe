"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { ScopeFields, scopingInput, useUsualScoping } from "@/components/programs/scope-fields";
import { ShownOnce } from "@/components/programs/shown-once";
import { useRefreshPrograms } from "@/components/programs/use-refresh-programs";
import { useMay } from "@/components/shell/workspace-context";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";

const NEVER = "never";
const MINE = "mine";
const EXPIRIES = [
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
  { value: NEVER, label: "Never" },
];

interface NewToken {
  name: string;
  scopes: string[];
  allowedAddresses: string[];
  expiresInDays: number | null;
  serviceAccountId?: string;
}

export function CreateTokenDialog({ close }: { close: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefreshPrograms();
  const create = useMutation(trpc.tokens.create.mutationOptions({ onSuccess: refresh }));
  return (
    <Dialog open onOpenChange={close}>
      {create.isSuccess ? (
        <ShownOnce title="Copy the token now" values={[{ label: "Token", text: create.data.token, testId: "new-token" }]} close={close} />
      ) : (
        <DialogContent title="New API token" className="max-w-xl">
          <TokenForm isBusy={create.isPending} refusal={create.isError ? readRefusal(create.error).message : null} onCreate={(input) => create.mutate(input)} close={close} />
        </DialogContent>
      )}
    </Dialog>
  );
}

function TokenForm({ isBusy, refusal, onCreate, close }: { isBusy: boolean; refusal: string | null; onCreate: (input: NewToken) => void; close: () => void }) {
  const trpc = useTRPC();
  const mayGive = useMay("member:write");
  const accounts = useQuery({ ...trpc.programs.serviceAccounts.queryOptions(), enabled: mayGive });
  const usual = useUsualScoping();
  const [scoping, setScoping] = useState(usual);
  const [name, setName] = useState("");
  const [expiry, setExpiry] = useState("90");
  const [holder, setHolder] = useState(MINE);
  const input = scopingInput(scoping);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onCreate({ name, ...input, expiresInDays: expiry === NEVER ? null : Number(expiry), ...(holder === MINE ? {} : { serviceAccountId: holder }) });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {refusal === null ? null : <Alert tone="danger" title={refusal} />}
      <Field label="Name" hint="What will use it." required>
        {(control) => <Input {...control} value={name} required maxLength={100} onChange={(event) => setName(event.target.value)} />}
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Expires">{(control) => <Select {...control} value={expiry} onValueChange={setExpiry} options={EXPIRIES} />}</Field>
        {(accounts.data?.length ?? 0) === 0 ? null : (
          <Field label="Held by" hint="A token of yours ends when you leave.">
            {(control) => <Select {...control} value={holder} onValueChange={setHolder} options={[{ value: MINE, label: "Me" }, ...accounts.data!.map(({ id, name: label }) => ({ value: id, label }))]} />}
          </Field>
        )}
      </div>
      <ScopeFields value={scoping} onChange={setScoping} />
      <div className="flex justify-end gap-2">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" variant="primary" disabled={isBusy || name.trim() === "" || input.scopes.length === 0}>
          Create token
        </Button>
      </div>
    </form>
  );
}

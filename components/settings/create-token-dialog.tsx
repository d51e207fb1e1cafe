"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { useWorkspace } from "@/components/shell/workspace-context";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { CopyButton } from "@/components/ui/copy-button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { Select } from "@/components/ui/select";

const NEVER = "never";
const EXPIRIES = [
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
  { value: NEVER, label: "Never" },
];
const USUAL_SCOPES = ["workflow:read", "run:read", "run:start"];

export function CreateTokenDialog({ close }: { close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const create = useMutation(
    trpc.tokens.create.mutationOptions({ onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.tokens.pathKey() }) }),
  );
  return (
    <Dialog open onOpenChange={close}>
      {create.isSuccess ? (
        <DialogContent title="Copy the token now" description="It is shown this once and stored only as a hash." footer={<Button variant="primary" onClick={close}>Done</Button>}>
          <div className="flex items-center gap-2">
            <code className="min-w-0 flex-1 rounded-md border bg-muted p-2 font-mono text-xs break-all" data-testid="new-token">{create.data.token}</code>
            <CopyButton text={create.data.token} label="Copy token" />
          </div>
        </DialogContent>
      ) : (
        <DialogContent title="New API token" className="max-w-xl">
          <TokenForm isBusy={create.isPending} refusal={create.isError ? readRefusal(create.error).message : null} onCreate={(input) => create.mutate(input)} close={close} />
        </DialogContent>
      )}
    </Dialog>
  );
}

interface TokenFormProps {
  isBusy: boolean;
  refusal: string | null;
  onCreate: (input: { name: string; scopes: string[]; expiresInDays: number | null }) => void;
  close: () => void;
}

function TokenForm({ isBusy, refusal, onCreate, close }: TokenFormProps) {
  const { current } = useWorkspace();
  const id = useId();
  const [name, setName] = useState("");
  const [expiry, setExpiry] = useState("90");
  const [scopes, setScopes] = useState<readonly string[]>(USUAL_SCOPES.filter((scope) => current.permissions.includes(scope)));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onCreate({ name, scopes: [...scopes], expiresInDays: expiry === NEVER ? null : Number(expiry) });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {refusal === null ? null : <Alert tone="danger" title={refusal} />}
      <Field label="Name" hint="What will use it." required>
        {(control) => <Input {...control} value={name} required maxLength={100} onChange={(event) => setName(event.target.value)} />}
      </Field>
      <div className="flex flex-col gap-1.5">
        <Label htmlFor={id}>Expires</Label>
        <Select id={id} value={expiry} onValueChange={setExpiry} options={EXPIRIES} />
      </div>
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1.5 text-sm font-medium">It may</legend>
        <div className="grid gap-2 sm:grid-cols-2">
          {current.permissions.map((scope) => (
            <div key={scope} className="flex items-center gap-2">
              <Checkbox
                id={`${id}-${scope}`}
                checked={scopes.includes(scope)}
                onCheckedChange={(checked) => setScopes(checked === true ? [...scopes, scope] : scopes.filter((entry) => entry !== scope))}
              />
              <label htmlFor={`${id}-${scope}`} className="font-mono text-xs">{scope}</label>
            </div>
          ))}
        </div>
      </fieldset>
      <div className="flex justify-end gap-2">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" variant="primary" disabled={isBusy || name.trim() === "" || scopes.length === 0}>
          Create token
        </Button>
      </div>
    </form>
  );
}

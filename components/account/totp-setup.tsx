"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { QrCode } from "./qr-code";
import { RecoveryCodes } from "./recovery-codes";

interface Props {
  /** The secret and the address that the app reads. */
  fresh: { secret: string; uri: string };
  /** The factor is on; the recovery codes are shown. */
  onSaved?: () => void;
  done: () => void;
}

/** Scan, type the first code, keep the recovery codes. */
export function TotpSetup({ fresh, onSaved, done }: Props) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [code, setCode] = useState("");
  const confirm = useMutation(trpc.account.confirmTotp.mutationOptions({ onSuccess: () => (onSaved?.(), queryClient.invalidateQueries({ queryKey: trpc.account.security.queryKey() })) }));
  if (confirm.isSuccess) return <RecoveryCodes codes={confirm.data.codes} done={done} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    confirm.mutate({ code });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <p className="text-sm text-muted-foreground">Scan this with an authenticator app, then type the code that it shows.</p>
      <QrCode text={fresh.uri} label="QR code for your authenticator app" />
      <div className="flex items-center gap-2">
        <code className="min-w-0 flex-1 rounded-md border bg-muted p-2 font-mono text-xs break-all" data-testid="totp-secret">{fresh.secret}</code>
        <CopyButton text={fresh.secret} label="Copy the key" />
      </div>
      {confirm.isError ? <Alert tone="danger" title={readRefusal(confirm.error).message} /> : null}
      <Field label="Code" hint="Six digits." required>
        {(control) => <Input {...control} value={code} autoComplete="one-time-code" inputMode="numeric" required minLength={6} maxLength={7} className="font-mono" onChange={(event) => setCode(event.target.value)} />}
      </Field>
      <Button type="submit" variant="primary" disabled={confirm.isPending}>Turn on</Button>
    </form>
  );
}

"use client";

import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { SetupRefusal } from "./setup-refusal";
import { useNewPasskey } from "./use-new-passkey";

/** Makes a passkey for whoever is not all the way in. */
export function PasskeySetup({ done, back }: { done: () => void; back: () => void }) {
  const make = useNewPasskey();
  const [name, setName] = useState("");
  const [isSilent, setSilent] = useState(false);
  const save = useMutation({ mutationFn: make, onSuccess: (made) => (made === null ? setSilent(true) : done()) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setSilent(false);
    save.mutate(name);
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {save.isError ? <SetupRefusal error={save.error} /> : null}
      <Field label="Name of the passkey" hint="By which you recognise the device." error={isSilent ? "The device made no passkey. Try again." : null} required>
        {(control) => <Input {...control} value={name} required autoFocus maxLength={100} placeholder="My laptop" onChange={(event) => setName(event.target.value)} />}
      </Field>
      <Button type="submit" variant="primary" disabled={save.isPending}>{save.isPending ? "Waiting for the device …" : "Make the passkey"}</Button>
      <Button variant="ghost" onClick={back}>Back</Button>
    </form>
  );
}

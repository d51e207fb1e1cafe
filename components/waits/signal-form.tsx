"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { toast } from "@/components/ui/toast";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { JsonSchemaForm } from "@/components/forms/json-schema-form";
import { useSchemaForm } from "@/components/forms/use-schema-form";
import { Button } from "@/components/ui/button";

const ANYTHING = {};

/** Sends the awaited signal by hand. */
export function SignalForm({ runId, name }: { runId: string; name: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const form = useSchemaForm(ANYTHING);
  const send = useMutation(
    trpc.runs.signal.mutationOptions({
      onSuccess: () => {
        toast.success(`Signal ${name} is sent.`);
        return queryClient.invalidateQueries({ queryKey: trpc.waits.pathKey() });
      },
      onError: (error) => void toast.error(readRefusal(error).message),
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (form.check()) send.mutate({ runId, name, payload: form.value });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <JsonSchemaForm form={form} label="Payload" />
      <Button type="submit" className="self-start" disabled={send.isPending}>
        Send signal {name}
      </Button>
    </form>
  );
}

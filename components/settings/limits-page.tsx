"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState, type FormEvent } from "react";
import { toast } from "@/components/ui/toast";
import { ErrorState } from "@/components/data/error-state";
import { readRefusal } from "@/components/data/problem";
import { useTRPC, type RouterOutputs } from "@/components/data/trpc";
import { useHref, useMay } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { SkeletonRows } from "@/components/ui/skeleton";
import { DEFAULT_MAX_BATCH_RUNS, setLimitsInput } from "@/server/limits/contract";

const REFRESH_MILLISECONDS = 5_000;

/** How many runs of the workspace may be at work at the same time. Limits of single workflows are in their settings. */
export function LimitsPage() {
  const trpc = useTRPC();
  const limits = useQuery({ ...trpc.limits.get.queryOptions(), refetchInterval: REFRESH_MILLISECONDS });
  return (
    <Card>
      <CardHeader title="Runs at the same time" description="What is over the limit waits in the queue, in its order. A run that only waits (for an approval, a delay) does not count." />
      {limits.isPending ? (
        <SkeletonRows count={2} />
      ) : limits.isError ? (
        <ErrorState error={limits.error} retry={() => void limits.refetch()} what="the limits" />
      ) : (
        <div className="flex flex-col gap-5 p-4">
          <Use limits={limits.data} />
          <LimitForm limits={limits.data} />
        </div>
      )}
    </Card>
  );
}

function Use({ limits }: { limits: RouterOutputs["limits"]["get"] }) {
  const href = useHref();
  return (
    <p className="text-sm">
      <Link className="underline underline-offset-4" href={href("/runs?status=running")}>{`${limits.running} running`}</Link>
      {limits.maxConcurrentRuns === null ? "" : ` of ${limits.maxConcurrentRuns}`}
      {", "}
      <Link className="underline underline-offset-4" href={href("/runs?status=queued")}>{`${limits.queued}${limits.queuedIsMore ? "+" : ""} in the queue`}</Link>
      {limits.oldestQueuedAt === null ? null : <>, the oldest from <Moment at={limits.oldestQueuedAt} /></>}
    </p>
  );
}

function LimitForm({ limits }: { limits: RouterOutputs["limits"]["get"] }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const mayWrite = useMay("settings:write");
  const [text, setText] = useState(limits.maxConcurrentRuns === null ? "" : String(limits.maxConcurrentRuns));
  const [batchText, setBatchText] = useState(String(limits.maxBatchRuns));
  const save = useMutation(
    trpc.limits.set.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries({ queryKey: trpc.limits.pathKey() });
        toast("The limits were saved. Workers follow within a second.");
      },
    }),
  );
  const given = { maxConcurrentRuns: numberIn(text), maxBatchRuns: numberIn(batchText) };
  const objectionTo = (field: keyof typeof given) => setLimitsInput.safeParse({ [field]: given[field] }).error?.issues[0]?.message ?? null;
  const isSame = given.maxConcurrentRuns === limits.maxConcurrentRuns && (given.maxBatchRuns ?? DEFAULT_MAX_BATCH_RUNS) === limits.maxBatchRuns;
  const isWrong = objectionTo("maxConcurrentRuns") !== null || objectionTo("maxBatchRuns") !== null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(given);
  };
  return (
    <form onSubmit={submit} className="flex flex-col items-start gap-4">
      {save.isError ? <Alert tone="danger" title={readRefusal(save.error).message} /> : null}
      <Field label="Runs at the same time" hint="Empty: no limit but the workers' own." error={objectionTo("maxConcurrentRuns")}>
        {(control) => <Input {...control} inputMode="numeric" className="w-40" disabled={!mayWrite} value={text} onChange={(event) => setText(event.target.value)} />}
      </Field>
      <Field label="Runs in one batch" hint={`How many runs one list or CSV file may start. Empty: ${DEFAULT_MAX_BATCH_RUNS}.`} error={objectionTo("maxBatchRuns")}>
        {(control) => <Input {...control} inputMode="numeric" className="w-40" disabled={!mayWrite} value={batchText} onChange={(event) => setBatchText(event.target.value)} />}
      </Field>
      {mayWrite ? (
        <Button type="submit" variant="primary" disabled={save.isPending || isWrong || isSame}>
          Save
        </Button>
      ) : null}
    </form>
  );
}

function numberIn(text: string): number | null {
  return text.trim() === "" ? null : Number(text);
}

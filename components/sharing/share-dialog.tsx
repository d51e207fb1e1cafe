"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useId, useState, type FormEvent } from "react";
import { toast } from "@/components/ui/toast";
import { ErrorState } from "@/components/data/error-state";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Moment } from "@/components/time/moment";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { CopyButton } from "@/components/ui/copy-button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { Share } from "@/server/shares/contract";

const EXPIRIES = [
  { value: "1", label: "For a day" },
  { value: "7", label: "For a week" },
  { value: "30", label: "For 30 days" },
  { value: "90", label: "For 90 days" },
  { value: "365", label: "For a year" },
];

/** Links to a read-only view: those there are, and a new one. */
export function ShareDialog({ workflow, close }: { workflow: { id: string; name: string }; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const shares = useQuery(trpc.shares.list.queryOptions({ workflowId: workflow.id }));
  const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.shares.pathKey() });
  const create = useMutation(trpc.shares.create.mutationOptions({ onSuccess: refresh }));
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={`Share ${workflow.name}`}
        description="Whoever belongs to this organization and has the link sees the canvas and how each step is set up, without changing anything. Secrets and data of runs are never shown."
        className="max-w-xl"
        unsaved={create.isSuccess ? false : undefined}
        footer={<Button onClick={close}>Done</Button>}
      >
        <div className="flex flex-col gap-5">
          {create.isSuccess ? (
            <NewLink url={create.data.url} again={() => create.reset()} />
          ) : (
            <CreateForm isBusy={create.isPending} refusal={create.isError ? readRefusal(create.error).message : null} onCreate={(input) => create.mutate({ workflowId: workflow.id, ...input })} />
          )}
          {shares.isPending ? (
            <SkeletonRows count={2} />
          ) : shares.isError ? (
            <ErrorState error={shares.error} retry={() => void shares.refetch()} what="the links" />
          ) : shares.data.length === 0 ? null : (
            <section className="flex flex-col gap-2">
              <h3 className="text-xs font-medium text-muted-foreground">Links that were given out</h3>
              <ul className="divide-y rounded-lg border bg-card" aria-label="Links">
                {shares.data.map((share) => <ShareRow key={share.id} share={share} onRevoked={() => void refresh()} />)}
              </ul>
            </section>
          )}
        </div>
      </DialogContent>
    </Dialog>
  );
}

interface CreateFormProps {
  isBusy: boolean;
  refusal: string | null;
  onCreate: (input: { note: string; showsRuns: boolean; expiresInDays: number }) => void;
}

function CreateForm({ isBusy, refusal, onCreate }: CreateFormProps) {
  const id = useId();
  const [note, setNote] = useState("");
  const [days, setDays] = useState("30");
  const [showsRuns, setShowsRuns] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onCreate({ note, showsRuns, expiresInDays: Number(days) });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {refusal === null ? null : <Alert tone="danger" title={refusal} />}
      <div className="grid gap-4 sm:grid-cols-[1fr_11rem]">
        <Field label="For whom" hint="To tell the links apart; visitors do not see it.">
          {(control) => <Input {...control} value={note} maxLength={200} placeholder="Review by finance" onChange={(event) => setNote(event.target.value)} />}
        </Field>
        <Field label="It works">{(control) => <Select {...control} value={days} onValueChange={setDays} options={EXPIRIES} />}</Field>
      </div>
      <div className="flex items-start gap-2">
        <Checkbox id={id} checked={showsRuns} onCheckedChange={(checked) => setShowsRuns(checked === true)} className="mt-0.5" />
        <label htmlFor={id} className="text-sm">
          Show status and time of the latest runs
          <span className="block text-xs text-muted-foreground">Never what went in or came out.</span>
        </label>
      </div>
      <Button type="submit" variant="primary" className="self-start" disabled={isBusy}>
        {isBusy ? "Making …" : "Make a link"}
      </Button>
    </form>
  );
}

function NewLink({ url, again }: { url: string; again: () => void }) {
  return (
    <Alert title="The link is made. Copy it now: only a hash of it is stored.">
      <div className="flex flex-col items-start gap-2">
        <div className="flex w-full items-center gap-1">
          <Input readOnly aria-label="Link" value={url} className="font-mono text-xs" onFocus={(event) => event.target.select()} />
          <CopyButton text={url} label="Copy link" />
        </div>
        <Button size="sm" onClick={again}>Make another</Button>
      </div>
    </Alert>
  );
}

function ShareRow({ share, onRevoked }: { share: Share; onRevoked: () => void }) {
  const trpc = useTRPC();
  const [isAsking, setAsking] = useState(false);
  const revoke = useMutation(
    trpc.shares.revoke.mutationOptions({
      onSuccess: () => void toast.success("The link does not work any more."),
      onError: (error) => void toast.error(readRefusal(error).message),
      onSettled: onRevoked,
    }),
  );
  const name = share.note || "Link without a name";
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-3 py-2.5">
      <div className="flex min-w-0 flex-1 basis-56 flex-col gap-0.5">
        <div className="flex flex-wrap items-center gap-2">
          <span className="text-sm font-medium break-words">{name}</span>
          {share.expired ? <Badge tone="warning">Expired</Badge> : null}
          {share.showsRuns ? <Badge>With runs</Badge> : null}
        </div>
        <p className="text-xs text-muted-foreground">
          {share.createdBy === null ? "Made" : `${share.createdBy.name},`} <Moment at={share.createdAt} />; {share.expired ? "ended" : "ends"} <Moment at={share.expiresAt} />;{" "}
          {share.lastViewedAt === null ? "never opened" : <>opened <Moment at={share.lastViewedAt} /></>}
        </p>
      </div>
      {isAsking ? (
        <div className="flex gap-1.5">
          <Button size="sm" variant="destructive" autoFocus disabled={revoke.isPending} onClick={() => revoke.mutate({ shareId: share.id })}>Revoke for good</Button>
          <Button size="sm" onClick={() => setAsking(false)}>Keep</Button>
        </div>
      ) : (
        <Button variant="ghost" size="icon-sm" aria-label={`Revoke ${name}`} title="Revoke" onClick={() => setAsking(true)}>
          <Trash2 aria-hidden />
        </Button>
      )}
    </li>
  );
}

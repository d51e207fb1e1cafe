"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState, type FormEvent } from "react";
import { toast } from "@/components/ui/toast";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { useHref } from "@/components/shell/workspace-context";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { Blocked, Warned } from "@/components/workflows/publish-dialog";
import type { ModuleView } from "@/server/modules/contract";
import type { WorkflowProblem } from "@/server/workflows/contract";

export interface PublishBlockDialogProps {
  block: Pick<ModuleView, "slug" | "name" | "latest">;
  definition: Record<string, unknown>;
  problems: readonly WorkflowProblem[] | null;
  close: () => void;
}

/** The draft becomes a version. Nobody's workflow changes by that. */
export function PublishBlockDialog({ block: { slug, name, latest }, definition, problems, close }: PublishBlockDialogProps) {
  const trpc = useTRPC();
  const href = useHref();
  const router = useRouter();
  const queryClient = useQueryClient();
  const [note, setNote] = useState("");
  const uses = useQuery(trpc.modules.uses.queryOptions({ module: slug }));
  const add = useMutation(
    trpc.modules.addVersion.mutationOptions({
      onSuccess: async ({ latest: made }) => {
        toast.success(`Version ${made} of ${name} is made.`);
        await queryClient.invalidateQueries({ queryKey: trpc.modules.pathKey() });
        router.push(href(`/workflows/blocks/${slug}`));
      },
    }),
  );
  const refusal = add.isError ? readRefusal(add.error) : null;
  const errors = [...(refusal?.problems ?? []), ...(problems ?? [])].filter(({ severity }) => severity === "error");
  const drafts = new Set((uses.data ?? []).map(({ workflowId }) => workflowId)).size;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate({ module: slug, definition, note, latest });
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={`Make version ${latest + 1} of ${name}`}
        description={drafts === 0 ? "No workflow uses the block yet." : `${drafts === 1 ? "One workflow uses" : `${drafts} workflows use`} the block. Each goes on with the version that it names until somebody takes this one there.`}
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button form="publish-block" type="submit" variant="primary" disabled={errors.length > 0 || add.isPending}>
              {add.isPending ? "Making …" : `Make version ${latest + 1}`}
            </Button>
          </>
        }
      >
        <form id="publish-block" onSubmit={submit} className="flex flex-col gap-4">
          {errors.length > 0 ? null : <Warned problems={problems} />}
          {errors.length > 0 ? <Blocked errors={errors} /> : refusal === null ? null : <Alert tone="danger" title={refusal.kind === "version_conflict" ? "Somebody made a version in the meantime. Look at it before you make yours." : refusal.message} />}
          <Field label="Note" hint="What is different, for whoever decides whether to take it.">
            {(control) => <Textarea {...control} value={note} maxLength={2_000} onChange={(event) => setNote(event.target.value)} />}
          </Field>
        </form>
      </DialogContent>
    </Dialog>
  );
}

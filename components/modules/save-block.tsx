"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Blocks } from "lucide-react";
import { useMemo, useState, type FormEvent } from "react";
import { toast } from "@/components/ui/toast";
import type { Draft } from "@/components/builder/draft";
import type { EditSession } from "@/components/builder/edit-session";
import { undoAction } from "@/components/builder/undo-action";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { usePageCommands } from "@/components/palette/page-commands";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { extractBlock } from "./extract-block";

export interface SaveBlockProps {
  draft: Draft;
  session: EditSession;
  selected: readonly string[];
  onSaved: (nodeId: string) => void;
}

/** Offers to keep what is selected as a block of the workspace. */
export function SaveBlock({ draft, session, selected, onSaved }: SaveBlockProps) {
  const [isOpen, setIsOpen] = useState(false);
  const canSave = selected.length > 0;
  usePageCommands([canSave && { label: "Save the selection as a block", icon: Blocks, run: () => setIsOpen(true) }]);
  return (
    <>
      {selected.length > 1 ? (
        <div className="pointer-events-none absolute inset-x-0 bottom-3 z-10 flex justify-center">
          <Button size="sm" className="pointer-events-auto shadow-md" onClick={() => setIsOpen(true)}>
            <Blocks aria-hidden />
            Save as block
          </Button>
        </div>
      ) : null}
      {isOpen ? <SaveBlockDialog draft={draft} session={session} selected={selected} onSaved={onSaved} close={() => setIsOpen(false)} /> : null}
    </>
  );
}

function SaveBlockDialog({ draft, session, selected, onSaved, close }: SaveBlockProps & { close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const block = useMemo(() => extractBlock(draft, selected), [draft, selected]);
  const [name, setName] = useState("");
  const slug = slugOf(name);
  const create = useMutation(
    trpc.modules.create.mutationOptions({
      onSuccess: () => {
        void queryClient.invalidateQueries({ queryKey: trpc.modules.pathKey() });
        if (!block.ok) return;
        const { draft: next, id } = block.replace(slug, name.trim());
        session.apply("save as block", () => next);
        onSaved(id);
        close();
        toast.success(`“${name.trim()}” is a block of this workspace.`, { action: undoAction(session, "Undo here") });
      },
    }),
  );
  const refusal = create.isError ? readRefusal(create.error) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (block.ok) create.mutate({ slug, name: name.trim(), definition: block.definition, note: "" });
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title="Save as block"
        description="Other workflows of the workspace can use the block in this version. Here, one step takes the place of the selection."
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button form="save-block" type="submit" variant="primary" disabled={!block.ok || slug === "" || create.isPending}>
              {create.isPending ? "Saving …" : "Save"}
            </Button>
          </>
        }
      >
        <form id="save-block" onSubmit={submit} className="flex flex-col gap-4">
          {block.ok ? null : <Alert tone="warning" title={block.objection} />}
          {refusal === null ? null : (
            <Alert tone="danger" title={refusal.message}>
              {refusal.problems.slice(0, 6).map(({ message, nodeId }, index) => (
                <p key={index}>{nodeId === undefined ? message : `${nodeId}: ${message}`}</p>
              ))}
            </Alert>
          )}
          <Field label="Name" hint={slug === "" ? "What people look for." : `Workflows call it ${slug}.`}>
            {(control) => <Input {...control} value={name} maxLength={100} autoFocus onChange={(event) => setName(event.target.value)} />}
          </Field>
          {block.ok && Object.keys(block.inputs).length > 0 ? (
            <p className="text-sm text-muted-foreground">
              It takes in what it reads from outside: {Object.keys(block.inputs).map((input) => <code key={input} className="mr-1.5 font-mono text-xs">{input}</code>)}
            </p>
          ) : null}
          {block.ok && block.lost.length > 0 ? <Alert tone="warning" title={`Steps outside read more of ${block.lost.join(", ")} than the output. The problems list will name the places.`} /> : null}
        </form>
      </DialogContent>
    </Dialog>
  );
}

function slugOf(name: string): string {
  return name.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 63).replace(/-+$/, "");
}

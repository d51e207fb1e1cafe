"use client";

import { useState } from "react";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { changeNode, renameNode, renameObjection } from "./change-node";
import type { Draft, DraftNode } from "./draft";
import type { EditSession } from "./edit-session";
import { useTestBench } from "./test/test-context";

export interface NodeNameFieldsProps {
  node: DraftNode;
  draft: Draft;
  session: EditSession;
  onRenamed: (id: string) => void;
}

/** The name that people read and the id that expressions read. A new id is taken when the field is left, and expressions follow. */
export function NodeNameFields({ node, draft, session, onRenamed }: NodeNameFieldsProps) {
  const [id, setId] = useState(node.id);
  const [name, setName] = useState(node.name ?? "");
  const { noteRename } = useTestBench();
  const objection = renameObjection(draft, node.id, id);
  const takeId = () => {
    if (id === node.id || objection !== null) return;
    noteRename(node.id, id);
    session.apply("change the id", (current) => renameNode(current, node.id, id));
    onRenamed(id);
  };
  return (
    <div className="grid grid-cols-2 gap-3">
      <Field label="Name">
        {(control) => (
          <Input
            {...control}
            data-rename-step
            value={name}
            placeholder={node.id}
            maxLength={200}
            onChange={(event) => {
              const next = event.target.value;
              setName(next);
              session.applySoon("change the name", (current) => changeNode(current, node.id, { name: next }), `${node.id}/name`);
            }}
          />
        )}
      </Field>
      <Field label="ID" error={objection}>
        {(control) => (
          <Input
            {...control}
            value={id}
            maxLength={63}
            spellCheck={false}
            onChange={(event) => setId(event.target.value)}
            onBlur={takeId}
            onKeyDown={(event) => (event.key === "Enter" ? takeId() : undefined)}
            className="font-mono text-xs"
          />
        )}
      </Field>
    </div>
  );
}

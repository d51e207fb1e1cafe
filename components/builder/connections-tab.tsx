"use client";

import { X } from "lucide-react";
import { useMemo } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { WorkflowProblem } from "@/server/workflows/contract";
import type { BuilderActions } from "./builder-actions";
import { changeCondition } from "./change-node";
import { disconnect, targetsOf } from "./connections";
import { portOf, portsOfNode, slotKey, slotsOfNode, type Draft, type DraftNode, type Parent } from "./draft";
import type { EditSession } from "./edit-session";
import { moveInto, moveObjection } from "./move-nodes";
import { FormPlaceContext } from "./expressions/field-place";
import { nameOf } from "./places";
import { ValueInput } from "./value-input";

export interface ConnectionsTabProps {
  node: DraftNode;
  draft: Draft;
  session: EditSession;
  problems: readonly WorkflowProblem[];
  actions: BuilderActions;
  onSelect: (id: string) => void;
}

/** What comes before and after a step, and the frame it lies in: all that the mouse can do to them. */
export function ConnectionsTab({ node, draft, session, problems, actions, onSelect }: ConnectionsTabProps) {
  const incoming = draft.edges.flatMap((edge, index) => (edge.to === node.id ? [{ edge, index }] : []));
  const used = draft.edges.filter((edge) => edge.from === node.id).map(portOf);
  const ports = [...new Set([...portsOfNode(node), ...used])];
  const targetsAt = useMemo(() => targetsOf(draft, node.id), [draft, node.id]);
  const remove = (index: number) => session.apply("disconnect", (current) => disconnect(current, [index]));
  return (
    <div className="flex flex-col gap-5">
      <FramePlace node={node} draft={draft} actions={actions} />
      <section className="flex flex-col gap-2">
        <h3 className="text-sm font-medium">Comes after</h3>
        {incoming.length === 0 ? <p className="text-sm text-muted-foreground">Nothing leads here.</p> : null}
        {incoming.map(({ edge, index }) => (
          <Link key={index} name={nameOf(draft, edge.from)} note={portOf(edge) === "out" ? "" : portOf(edge)} onSelect={() => onSelect(edge.from)} onRemove={() => remove(index)} />
        ))}
      </section>
      {ports.map((port) => {
        const targets = targetsAt(port);
        return (
          <section key={port} className="flex flex-col gap-2">
            <h3 className="text-sm font-medium">{port === "out" ? "Goes on to" : `Port ${port} goes on to`}</h3>
            {draft.edges.map((edge, index) =>
              edge.from === node.id && portOf(edge) === port ? (
                <div key={index} className="flex flex-col gap-1.5">
                  <Link name={nameOf(draft, edge.to)} note="" onSelect={() => onSelect(edge.to)} onRemove={() => remove(index)} />
                  <FormPlaceContext value={{ draft, nodeId: node.id, prefix: "", edgeIndex: index }}>
                    <ValueInput
                      label={`Only when, for ${nameOf(draft, edge.to)}`}
                      aria-label={`Only when, for ${nameOf(draft, edge.to)}`}
                      pointer={`/edges/${index}/when`}
                      problem={problems.find(({ path }) => path === `/edges/${index}/when`)?.message}
                      placeholder="Always; or only when {{ condition }}"
                      isText
                      value={edge.when}
                      onChange={(when) => session.applySoon("change a condition", (current) => changeCondition(current, index, typeof when === "string" ? when : ""), `when/${index}`)}
                      setUnreadable={() => undefined}
                    />
                  </FormPlaceContext>
                </div>
              ) : null,
            )}
            {targets.length === 0 ? null : (
              <Select
                aria-label={`Connect ${port} to`}
                value={undefined}
                placeholder="Connect to …"
                options={targets.map(({ id }) => ({ value: id, label: nameOf(draft, id) }))}
                onValueChange={(to) => actions.connect({ from: node.id, port, to })}
              />
            )}
          </section>
        );
      })}
    </div>
  );
}

function Link({ name, note, onSelect, onRemove }: { name: string; note: string; onSelect: () => void; onRemove: () => void }) {
  return (
    <div className="flex items-center gap-2 rounded-md border pl-3">
      <button type="button" onClick={onSelect} className="min-w-0 flex-1 truncate py-1.5 text-left text-sm hover:underline">
        {name}
        {note === "" ? null : <span className="text-muted-foreground"> ({note})</span>}
      </button>
      <Button variant="ghost" size="icon-sm" aria-label={`Disconnect ${name}`} onClick={onRemove}>
        <X aria-hidden />
      </Button>
    </div>
  );
}

const OUTERMOST = "outermost";

function FramePlace({ node, draft, actions }: Pick<ConnectionsTabProps, "node" | "draft" | "actions">) {
  const slots = draft.nodes.flatMap((holder) => (slotsOfNode(holder) ?? []).map((slot): Parent => ({ id: holder.id, slot })));
  const allowed = slots.filter((parent) => moveObjection(draft, [node.id], parent) === null);
  if (allowed.length === 0 && node.parent === undefined) return null;
  const options = [{ value: OUTERMOST, label: "No frame" }, ...allowed.map((parent) => ({ value: slotKey(parent), label: `${nameOf(draft, parent.id)}: ${parent.slot}` }))];
  return (
    <Field label="Lies in">
      {(control) => (
        <Select
          {...control}
          value={slotKey(node.parent) || OUTERMOST}
          options={options}
          onValueChange={(key) => actions.move((current) => moveInto(current, [node.id], allowed.find((parent) => slotKey(parent) === key)))}
        />
      )}
    </Field>
  );
}

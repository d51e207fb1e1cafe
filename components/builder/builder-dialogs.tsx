"use client";

import { AddStepDialog } from "./add-step-dialog";
import type { BuilderActions } from "./builder-actions";
import { ChoiceDialog } from "./choice-dialog";
import { findNode, type Draft } from "./draft";
import { FindStepDialog } from "./find-step-dialog";
import { moveJoining } from "./move-joining";
import { outermostOf } from "./move-nodes";
import { connectionsFrom, destinationsFor, nameOf, type NamedPlace } from "./places";
import { ShortcutsDialog } from "./shortcuts-dialog";
import type { Selection } from "./use-selection";

export type Opened = { dialog: "add"; places: NamedPlace[] } | { dialog: "find" } | { dialog: "help" } | { dialog: "move" } | { dialog: "connect"; from: string; to?: string } | null;

export interface BuilderDialogsProps {
  opened: Opened;
  draft: Draft;
  selection: Selection;
  actions: BuilderActions;
  reveal: (id: string) => void;
  close: () => void;
}

export function BuilderDialogs({ opened, draft, selection, actions, reveal, close }: BuilderDialogsProps) {
  switch (opened?.dialog) {
    case undefined:
      return null;
    case "add":
      return <AddStepDialog places={opened.places} onInsert={(kind, place) => actions.insert(kind, place)} close={close} />;
    case "find": {
      const show = (id: string) => {
        selection.select([id]);
        reveal(id);
      };
      return <FindStepDialog draft={draft} close={close} onChoose={show} />;
    }
    case "help":
      return <ShortcutsDialog close={close} />;
    case "connect": {
      const { from, to } = opened;
      const choices = connectionsFrom(draft, from).filter(({ connection }) => to === undefined || connection.to === to).map(({ label, connection }) => ({ label, choose: () => actions.connect(connection) }));
      const keep = () => {
        close();
        reveal(from);
      };
      return <ChoiceDialog title={to === undefined ? `Connect ${nameOf(draft, from)} to` : `Which way of ${nameOf(draft, from)} leads to ${nameOf(draft, to)}?`} empty="There is nothing that it could be connected to." choices={choices} close={keep} />;
    }
    case "move": {
      const ids = outermostOf(draft, selection.nodes.filter((id) => findNode(draft, id) !== undefined));
      const choices = destinationsFor(draft, ids).map(({ label, to }) => ({
        label,
        choose: () => ("edge" in to ? actions.moveIntoEdge(to.edge) : actions.move((current) => moveJoining(current, ids, to.parent))),
      }));
      const keep = () => {
        close();
        if (ids[0] !== undefined) reveal(ids[0]);
      };
      return <ChoiceDialog title={ids.length === 1 ? `Move ${nameOf(draft, ids[0]!)}` : `Move ${ids.length} steps`} empty="There is no other place for it." choices={choices} close={keep} />;
    }
  }
}

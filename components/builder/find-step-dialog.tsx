"use client";

import { ChoiceDialog } from "./choice-dialog";
import type { Draft } from "./draft";
import { nameOf } from "./places";

/** Finds a step by its name, its id or anything in its config. */
export function FindStepDialog({ draft, onChoose, close }: { draft: Draft; onChoose: (id: string) => void; close: () => void }) {
  const choices = draft.nodes.map(({ id, kind, config }) => ({
    label: nameOf(draft, id),
    hint: id,
    words: `${kind} ${JSON.stringify(config ?? {})}`,
    choose: () => onChoose(id),
  }));
  return <ChoiceDialog title="Find a step" placeholder="Name, id or config …" empty="No step holds that." choices={choices} close={close} />;
}

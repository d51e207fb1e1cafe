"use client";

import { useMemo, useState } from "react";
import { kindShapes } from "@/components/canvas/catalog";
import type { Flow } from "@/components/canvas/flow";
import { ancestorsOf } from "@/components/canvas/graph-index";
import { Projection } from "@/components/canvas/projection";
import { readGraph } from "@/components/canvas/read-graph";
import type { Draft } from "./draft";

/** The draft as the canvas draws it. A collapsed frame opens as long as something inside of it is selected. */
export function useFlow(draft: Draft, selected: readonly string[]): Flow {
  const [projection] = useState(() => new Projection(kindShapes));
  const opened = useOpened(draft, selected);
  return useMemo(() => {
    const around = new Set(opened.split(" "));
    return projection.project(draft, { isCollapsed: (node) => node.isCollapsed && !around.has(node.id) });
  }, [projection, draft, opened]);
}

/** As one text, so that a selection which opens nothing new changes nothing. */
function useOpened(draft: Draft, selected: readonly string[]): string {
  return useMemo(() => {
    if (!draft.nodes.some(({ collapsed }) => collapsed === true)) return "";
    const graph = readGraph(draft);
    return [...new Set(selected.flatMap((id) => ancestorsOf(id, graph)))].join(" ");
  }, [draft, selected]);
}

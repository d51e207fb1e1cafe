"use client";

import type { EdgeChange, NodeChange } from "@xyflow/react";
import { useMemo, useState } from "react";
import { annotationOf } from "@/components/canvas/flow";
import { edgeId, edgeIndexOf } from "./edge-ids";
import { portOf, type DraftEdge } from "./draft";

export interface Selection {
  nodes: readonly string[];
  /** Ids of edges as the canvas names them. */
  edges: readonly string[];
  select: (nodes: readonly string[], edges?: readonly string[]) => void;
  applyNodeChanges: (changes: readonly NodeChange[]) => void;
  applyEdgeChanges: (changes: readonly EdgeChange[]) => void;
}

/** What is selected on the canvas; a single node is in the page's address as well. */
export function useSelection(addressed: string | null, onAddress: (id: string | null) => void, all: readonly DraftEdge[]): Selection {
  const [nodes, setNodes] = useState<readonly string[]>(addressed === null ? [] : [addressed]);
  // By what they join: their places change when edges come and go.
  const [joined, setJoined] = useState<readonly string[]>([]);
  const edges = useMemo(() => (joined.length === 0 ? NO_EDGES : all.flatMap((edge, index) => (joined.includes(joinOf(edge)) ? [edgeId(index)] : []))), [all, joined]);
  const setEdges = (ids: readonly string[]) => setJoined(ids.flatMap((id) => all[edgeIndexOf(id)] ?? []).map(joinOf));
  // What is said here comes back by the address, late on a busy page: when another one has been said already.
  const [said, setSaid] = useState<readonly (string | null)[]>([]);
  const [seen, setSeen] = useState(addressed);
  if (seen !== addressed) {
    setSeen(addressed);
    const echo = said.indexOf(addressed);
    setSaid(echo === -1 ? [] : said.slice(echo + 1));
    if (echo === -1 && addressed !== singleOf(nodes)) setNodes(addressed === null ? [] : [addressed]);
  }
  const choose = (next: readonly string[]) => {
    setNodes(next);
    const single = singleOf(next);
    if (single === singleOf(nodes)) return;
    // Of those that came back together only the last is seen: the others are not waited for.
    setSaid((current) => (single === seen ? [] : [...current, single]));
    onAddress(single);
  };
  return {
    nodes,
    edges,
    select: (next, nextEdges = []) => {
      choose(next);
      setEdges(nextEdges);
    },
    applyNodeChanges: (changes) => {
      const next = afterChanges(nodes, changes);
      if (next !== nodes) choose(next);
    },
    applyEdgeChanges: (changes) => {
      const next = afterChanges(edges, changes);
      if (next !== edges) setEdges(next);
    },
  };
}

const NO_EDGES: readonly string[] = [];

function joinOf(edge: DraftEdge): string {
  return JSON.stringify([edge.from, portOf(edge), edge.to]);
}

function singleOf(ids: readonly string[]): string | null {
  return ids.length === 1 && annotationOf(ids[0]!) === null ? ids[0]! : null;
}

function afterChanges(ids: readonly string[], changes: readonly (NodeChange | EdgeChange)[]): readonly string[] {
  const selections = changes.flatMap((change) => (change.type === "select" ? [change] : []));
  if (selections.length === 0) return ids;
  const next = new Set(ids);
  for (const { id, selected } of selections) {
    if (selected) next.add(id);
    else next.delete(id);
  }
  return [...next];
}

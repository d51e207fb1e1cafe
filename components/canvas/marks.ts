"use client";

import { createContext, useContext, type ReactNode } from "react";
import type { Person } from "@/components/presence/people";
import type { Change } from "./change-look";
import type { Status } from "@/components/status/statuses";

/** What is known of a node beyond its definition: problems while editing, status while running. */
export interface NodeMark {
  status?: Status;
  /** Short text beside the status: a duration, an attempt, progress. */
  note?: string;
  attempt?: number;
  errors?: number;
  warnings?: number;
  /** Tests use a kept output in place of running it. */
  isPinned?: boolean;
  /** Members of the list that it gave, by itself or within its output. */
  items?: number;
  /** The port that it went on by. */
  port?: string;
  /** Items that a loop goes through. */
  takes?: number;
  /** How it differs from another definition. */
  change?: Change;
  /** Who else has it selected. */
  people?: readonly Person[];
}

export interface CanvasMarks {
  marks: ReadonlyMap<string, NodeMark>;
  /** A node without a mark was not reached. */
  isRun: boolean;
  /** How edges differ from those of another definition, by their id on the canvas. */
  edgeChanges?: ReadonlyMap<string, Change>;
  /** What a run made of its edges, by their id on the canvas; one that is not here yet is open. */
  edgesTaken?: ReadonlyMap<string, boolean>;
  /** Control in a container's header, such as the choice of an iteration. */
  containerControl?: (nodeId: string) => ReactNode;
}

export const NO_MARKS: CanvasMarks = { marks: new Map(), isRun: false };

export const CanvasMarksContext = createContext<CanvasMarks>(NO_MARKS);

export function useNodeMark(nodeId: string): NodeMark | undefined {
  return useContext(CanvasMarksContext).marks.get(nodeId);
}

/** The mark of a frame. A collapsed one counts the problems of what it hides as its own. */
export function useFrameMark(nodeId: string, hidden: readonly string[] | null): NodeMark | undefined {
  const { marks } = useContext(CanvasMarksContext);
  const own = marks.get(nodeId);
  const inner = hidden?.flatMap((id) => marks.get(id) ?? []) ?? [];
  const errors = inner.reduce((sum, mark) => sum + (mark.errors ?? 0), own?.errors ?? 0);
  const warnings = inner.reduce((sum, mark) => sum + (mark.warnings ?? 0), own?.warnings ?? 0);
  return errors + warnings === 0 ? own : { ...own, errors, warnings };
}

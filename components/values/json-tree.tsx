"use client";

import { useState, type KeyboardEvent } from "react";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { isBranch, membersOf, memberText, pathText, pointerOf, type ValuePath } from "./path-text";
import { copyText } from "./print-value";
import { walkTree } from "./walk-tree";
import type { ValueMatches } from "./search-value";
import { RowName, RowTools, Scalar, TreeRow, type TreeActions } from "./tree-row";

const SHOWN_AT_ONCE = 100;
const LONG_TEXT = 400;

export interface JsonTreeProps {
  value: unknown;
  className?: string;
  /** What the value is called in expressions: `steps.fetch.output`. */
  rootText?: string;
  /** Shows only this part of the value, opened. */
  matches?: ValueMatches | null;
  /** The tree is there to choose a place from. */
  onPick?: (path: ValuePath) => void;
  /** Levels that are open at first. */
  openDepth?: number;
}

interface Tools extends Pick<JsonTreeProps, "rootText" | "onPick"> {
  matches: ValueMatches | null;
  openDepth: number;
}

/** A value as a tree that opens level by level; nothing of it is ever read as HTML. */
export function JsonTree({ value, className, rootText, matches = null, onPick, openDepth = 2 }: JsonTreeProps) {
  const tools: Tools = { rootText, matches, onPick, openDepth };
  return (
    <div className={cn("overflow-x-auto font-mono text-xs leading-5", className)} onKeyDown={(event: KeyboardEvent<HTMLElement>) => walkTree(event)}>
      <TreeNode value={value} path={[]} tools={tools} />
    </div>
  );
}

function TreeNode({ value, path, tools }: { value: unknown; path: ValuePath; tools: Tools }) {
  const pointer = pointerOf(path);
  if (tools.matches !== null && path.length > 0 && !tools.matches.shown.has(pointer)) return null;
  const last = path.at(-1);
  const name = last === undefined ? undefined : String(last);
  const isHit = tools.matches?.hits.has(pointer) ?? false;
  const actions = actionsAt(value, path, tools);
  // A search opens what it found; afterwards the tree is as it was before.
  if (isBranch(value)) return <Branch key={tools.matches === null ? "all" : "found"} name={name} value={value} path={path} tools={tools} isHit={isHit} actions={actions} />;
  return (
    <TreeRow name={name} isHit={isHit} actions={actions}>
      <Leaf value={value} isHit={isHit} />
    </TreeRow>
  );
}

function actionsAt(value: unknown, path: ValuePath, { rootText, onPick }: Tools): TreeActions {
  const text = rootText === undefined ? pathText(path) : rootText + memberText(path);
  return { pathText: text, copyValue: () => copyText(value), ...(onPick === undefined ? {} : { pick: () => onPick(path) }) };
}

interface BranchProps {
  name?: string;
  value: object;
  path: ValuePath;
  tools: Tools;
  isHit: boolean;
  actions: TreeActions;
}

function Branch({ name, value, path, tools, isHit, actions }: BranchProps) {
  const [shown, setShown] = useState(SHOWN_AT_ONCE);
  const [isOpen, setOpen] = useState(path.length < tools.openDepth || tools.matches !== null);
  const isList = Array.isArray(value);
  const members = membersOf(value, path);
  if (members.length === 0) {
    return (
      <TreeRow name={name} isHit={isHit} actions={actions}>
        <span className="text-muted-foreground">{isList ? "[]" : "{}"}</span>
      </TreeRow>
    );
  }
  const found = tools.matches === null ? members : members.filter((member) => tools.matches!.shown.has(pointerOf(member.path)));
  return (
    <div className="relative">
      <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary data-tree-item className="cursor-pointer rounded-sm marker:text-muted-foreground hover:bg-muted [&::-webkit-details-marker]:float-left">
          <span className="inline-flex w-[calc(100%-1.25rem)] items-start gap-1.5 pr-16 align-top">
            <RowName name={name} isHit={isHit} />
            <span className="text-muted-foreground">{isList ? `[${members.length}]` : `{${members.length}}`}</span>
          </span>
        </summary>
        {isOpen ? (
          <div className="ml-1.5 border-l pl-2">
            {found.slice(0, shown).map((member) => (
              <TreeNode key={String(member.path.at(-1))} value={member.value} path={member.path} tools={tools} />
            ))}
            {found.length > shown ? (
              <Button variant="link" size="sm" onClick={() => setShown(shown + SHOWN_AT_ONCE)}>
                Show {Math.min(SHOWN_AT_ONCE, found.length - shown)} more of {found.length}
              </Button>
            ) : null}
          </div>
        ) : null}
      </details>
      {/* Beside the summary, not in it: a button within a button cannot be reached by everybody. */}
      <RowTools actions={actions} name={name} isBeside />
    </div>
  );
}

function Leaf({ value, isHit }: { value: unknown; isHit: boolean }) {
  const [isWhole, setWhole] = useState(false);
  if (typeof value !== "string" || value.length <= LONG_TEXT || isWhole) return <Scalar value={value} isHit={isHit} />;
  return (
    <span className="min-w-0">
      <Scalar value={`${value.slice(0, LONG_TEXT)}…`} isHit={isHit} />
      <Button variant="link" size="sm" className="ml-1" onClick={() => setWhole(true)}>
        Show all {value.length} characters
      </Button>
    </span>
  );
}

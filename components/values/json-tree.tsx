"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";

const SHOWN_AT_ONCE = 100;
const LONG_TEXT = 400;
const OPEN_DEPTH = 2;

/** A value as a tree that opens level by level; nothing of it is ever read as HTML. */
export function JsonTree({ value, className }: { value: unknown; className?: string }) {
  return (
    <div className={cn("overflow-x-auto font-mono text-xs leading-5", className)}>
      <TreeNode value={value} depth={0} />
    </div>
  );
}

function TreeNode({ name, value, depth }: { name?: string; value: unknown; depth: number }) {
  if (isBranch(value)) return <Branch name={name} value={value} depth={depth} />;
  return (
    <div className="flex gap-1.5 pl-4">
      <Name name={name} />
      <Leaf value={value} />
    </div>
  );
}

function Branch({ name, value, depth }: { name?: string; value: object; depth: number }) {
  const [shown, setShown] = useState(SHOWN_AT_ONCE);
  const [isOpen, setOpen] = useState(depth < OPEN_DEPTH);
  const isList = Array.isArray(value);
  const entries = Object.entries(value);
  if (entries.length === 0) {
    return (
      <div className="flex gap-1.5 pl-4">
        <Name name={name} />
        <span className="text-muted-foreground">{isList ? "[]" : "{}"}</span>
      </div>
    );
  }
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="cursor-pointer rounded-sm marker:text-muted-foreground hover:bg-muted">
        <Name name={name} />
        <span className="ml-1 text-muted-foreground">{isList ? `[${entries.length}]` : `{${entries.length}}`}</span>
      </summary>
      {isOpen ? (
        <div className="ml-1.5 border-l pl-2">
          {entries.slice(0, shown).map(([key, inner]) => (
            <TreeNode key={key} name={key} value={inner} depth={depth + 1} />
          ))}
          {entries.length > shown ? (
            <Button variant="link" size="sm" onClick={() => setShown(shown + SHOWN_AT_ONCE)}>
              Show {Math.min(SHOWN_AT_ONCE, entries.length - shown)} more of {entries.length}
            </Button>
          ) : null}
        </div>
      ) : null}
    </details>
  );
}

function Name({ name }: { name?: string }) {
  return name === undefined ? null : <span className="shrink-0 text-primary">{name}:</span>;
}

function Leaf({ value }: { value: unknown }) {
  const [isWhole, setWhole] = useState(false);
  if (typeof value !== "string") return <span className={toneOf(value)}>{textOf(value)}</span>;
  const isCut = value.length > LONG_TEXT && !isWhole;
  return (
    <span className="break-words whitespace-pre-wrap text-status-succeeded">
      {isCut ? `${value.slice(0, LONG_TEXT)}…` : value === "" ? '""' : value}
      {isCut ? (
        <Button variant="link" size="sm" className="ml-1" onClick={() => setWhole(true)}>
          Show all {value.length} characters
        </Button>
      ) : null}
    </span>
  );
}

function isBranch(value: unknown): value is object {
  return typeof value === "object" && value !== null && !(value instanceof Date);
}

function toneOf(value: unknown): string {
  return typeof value === "number" || typeof value === "bigint" ? "text-status-blocked" : "text-status-waiting";
}

function textOf(value: unknown): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "invalid date" : value.toISOString();
  if (typeof value === "bigint") return `${value}n`;
  return Object.is(value, -0) ? "-0" : String(value);
}

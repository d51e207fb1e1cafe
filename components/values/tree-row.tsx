"use client";

import { Copy, CornerDownLeft, Link2 } from "lucide-react";
import type { ReactNode } from "react";
import { toast } from "@/components/ui/toast";
import { cn } from "@/components/ui/class-names";
import { scalarText } from "./print-value";

/** What can be done with a place in a value. */
export interface TreeActions {
  /** The way to the place, as an expression reads it. */
  pathText: string;
  copyValue?: () => string | Promise<string>;
  /** Takes the place, where the tree is there to choose from. */
  pick?: () => void;
}

export function TreeRow({ name, isHit = false, actions, children }: { name?: string; isHit?: boolean; actions?: TreeActions; children: ReactNode }) {
  return (
    <div className="group/row flex items-start gap-1.5 rounded-sm pl-4 hover:bg-muted">
      <RowName name={name} isHit={isHit} actions={actions} />
      {children}
      <RowTools actions={actions} name={name} />
    </div>
  );
}

/** A name that can be clicked where there is something to choose. */
export function RowName({ name, isHit, actions }: { name?: string; isHit: boolean; actions?: TreeActions }) {
  if (name === undefined) return null;
  const look = cn("shrink-0 text-primary", isHit && "rounded-sm bg-warning/25");
  if (actions?.pick === undefined) return <span className={look}>{name}:</span>;
  return (
    <button
      type="button"
      data-tree-item=""
      className={cn(look, "rounded-sm text-left hover:underline")}
      title={`Insert ${actions.pathText}`}
      onClick={(event) => {
        event.preventDefault();
        actions.pick?.();
      }}
    >
      {name}
    </button>
  );
}

const WITHIN_ROW = "ml-auto group-focus-within/row:opacity-100 group-hover/row:opacity-100";
const BESIDE_SUMMARY = "absolute top-0 right-0 hover:opacity-100 focus-within:opacity-100 [details:has(>summary:hover)+&]:opacity-100 [details:has(>summary:focus-visible)+&]:opacity-100";

export function RowTools({ actions, name, isBeside = false }: { actions?: TreeActions; name?: string; isBeside?: boolean }) {
  if (actions === undefined) return null;
  const what = name ?? "the value";
  return (
    <span className={cn("flex shrink-0 gap-0.5 opacity-0 [@media(hover:none)]:opacity-100", isBeside ? BESIDE_SUMMARY : WITHIN_ROW)}>
      {actions.pick === undefined ? null : <Tool label={`Insert ${what}`} icon={<CornerDownLeft aria-hidden className="size-3" />} onClick={actions.pick} />}
      {actions.pathText === "" ? null : <Tool label={`Copy the path of ${what}`} icon={<Link2 aria-hidden className="size-3" />} onClick={() => void toClipboard(actions.pathText, "Path copied.")} />}
      {actions.copyValue === undefined ? null : <Tool label={`Copy ${what}`} icon={<Copy aria-hidden className="size-3" />} onClick={() => void toClipboard(actions.copyValue!(), "Value copied.")} />}
    </span>
  );
}

function Tool({ label, icon, onClick }: { label: string; icon: ReactNode; onClick: () => void }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className="rounded-sm p-0.5 text-muted-foreground hover:bg-accent hover:text-foreground"
      onClick={(event) => {
        event.preventDefault();
        event.stopPropagation();
        onClick();
      }}
    >
      {icon}
    </button>
  );
}

async function toClipboard(text: string | Promise<string>, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(await text);
    toast.success(done);
  } catch {
    toast.error("The browser did not allow copying. Select the text and copy it by hand.");
  }
}

export function toneOf(value: unknown): string {
  if (typeof value === "string") return "text-status-succeeded";
  return typeof value === "number" || typeof value === "bigint" ? "text-status-blocked" : "text-status-waiting";
}

export function Scalar({ value, isHit = false }: { value: unknown; isHit?: boolean }) {
  // Of what never ran only the names are known.
  if (value === undefined) return null;
  return <span className={cn("min-w-0 break-words whitespace-pre-wrap", toneOf(value), isHit && "rounded-sm bg-warning/25")}>{value === "" ? '""' : scalarText(value)}</span>;
}

"use client";

import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { useId, useRef, useState, type KeyboardEvent } from "react";
import { KindIcon } from "@/components/canvas/kind-icon";
import { useTRPC } from "@/components/data/trpc";
import { plainText } from "@/components/ui/coded-text";
import { cn } from "@/components/ui/class-names";
import { Input } from "@/components/ui/input";
import { blockKind } from "./block-kind";
import { BLOCKS, type Placeable, searchKinds } from "./kind-search";

export const DRAGGED_KIND = "application/x-millrace-kind";

export interface KindListProps {
  onChoose: (kind: string) => void;
  autoFocus?: boolean;
  canDrag?: boolean;
  isFollowing?: boolean;
  className?: string;
}

/** Every kind of step, searched as one types; arrow keys walk the list and Enter takes one. */
export function KindList({ onChoose, autoFocus = false, canDrag = false, isFollowing = false, className }: KindListProps) {
  const id = useId();
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const blocks = usePlaceableBlocks();
  const groups = searchKinds(text, { blocks, isFollowing });
  const flat = groups.flatMap(({ kinds }) => kinds);
  const current = flat[Math.min(active, flat.length - 1)];
  const isMarked = text !== "" || autoFocus || active > 0;
  const walk = (by: number) => {
    const next = (Math.min(active, flat.length - 1) + by + flat.length) % Math.max(1, flat.length);
    setActive(next);
    list.current?.querySelector(`[data-kind="${CSS.escape(flat[next]?.kind ?? "")}"]`)?.scrollIntoView({ block: "nearest" });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") walk(1);
    else if (event.key === "ArrowUp") walk(-1);
    else if (event.key === "Enter" && isMarked && current !== undefined) onChoose(current.kind);
    else return;
    event.preventDefault();
  };
  return (
    <div className={cn("flex min-h-0 flex-col gap-2", className)}>
      <div className="relative">
        <Search className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted-foreground" aria-hidden />
        <Input
          role="combobox"
          aria-expanded
          aria-controls={id}
          aria-activedescendant={current === undefined ? undefined : `${id}-${flat.indexOf(current)}`}
          aria-label="Search steps"
          placeholder="Search steps …"
          autoFocus={autoFocus}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
          className="pl-8"
        />
      </div>
      <div ref={list} id={id} role="listbox" aria-label="Steps" className="-mx-1 min-h-0 flex-1 overflow-y-auto px-1">
        {flat.length === 0 ? <p className="p-2 text-sm text-muted-foreground">No step is called that.</p> : null}
        {groups.map(({ group, kinds }) => (
          <div key={group} role="group" aria-label={group} className="pb-2">
            <p aria-hidden className="px-2 pt-1 pb-0.5 text-[11px] font-medium tracking-wide text-muted-foreground">{group}</p>
            {kinds.map((spec) => (
              <KindOption key={spec.kind} id={`${id}-${flat.indexOf(spec)}`} spec={spec} isActive={spec === current && isMarked} canDrag={canDrag} onChoose={onChoose} />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

function usePlaceableBlocks(): Placeable[] {
  const trpc = useTRPC();
  const blocks = useQuery(trpc.modules.list.queryOptions());
  return (blocks.data ?? []).map(({ slug, latest, name, description }) => ({
    kind: blockKind({ slug, version: latest, name }),
    title: name,
    summary: description || `Block ${slug}, version ${latest}`,
    icon: "blocks",
    group: BLOCKS,
  }));
}

interface KindOptionProps {
  id: string;
  spec: Placeable;
  isActive: boolean;
  canDrag: boolean;
  onChoose: (kind: string) => void;
}

function KindOption({ id, spec, isActive, canDrag, onChoose }: KindOptionProps) {
  return (
    <div
      id={id}
      role="option"
      aria-selected={isActive}
      data-kind={spec.kind}
      title={plainText(spec.summary)}
      draggable={canDrag}
      onDragStart={(event) => {
        event.dataTransfer.setData(DRAGGED_KIND, spec.kind);
        event.dataTransfer.effectAllowed = "copy";
      }}
      onClick={() => onChoose(spec.kind)}
      className={cn("flex cursor-pointer items-center gap-2.5 rounded-md px-2 py-1.5 select-none hover:bg-accent", isActive && "bg-accent", canDrag && "active:cursor-grabbing")}
    >
      <KindIcon icon={spec.icon} group={spec.group === BLOCKS ? "Runs" : spec.group} isKnown small />
      <span className="flex min-w-0 flex-col">
        <span className="truncate text-[13px] font-medium">{spec.title}</span>
        <span className="truncate text-[11px] text-muted-foreground">{plainText(spec.summary)}</span>
      </span>
    </div>
  );
}

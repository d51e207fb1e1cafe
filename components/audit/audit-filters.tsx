"use client";

import { X } from "lucide-react";
import { CustomRange } from "@/components/runs/custom-range";
import type { UrlChange } from "@/components/shell/use-url-state";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { AUDIT_AREAS } from "./audit-areas";

const ALL = "all";
export const AUDIT_FILTERS = ["action", "actor", "actorId", "resource", "resourceType", "resourceId", "ip", "requestId", "from", "to"] as const;
export type AuditFilters = Partial<Record<(typeof AUDIT_FILTERS)[number], string>>;

export function AuditFilterBar({ filter, change }: { filter: AuditFilters; change: (change: UrlChange) => void }) {
  // An exact action comes from a row; its area is what the list shows.
  const area = filter.action?.split(".")[0] ?? ALL;
  const areas = AUDIT_AREAS.some(({ value }) => value === area) || area === ALL ? AUDIT_AREAS : [...AUDIT_AREAS, { value: area, label: area }];
  return (
    <div className="flex flex-wrap items-center gap-2 border-b px-4 py-3">
      <Select aria-label="What it is about" className="w-44" value={area} onValueChange={(value) => change({ action: value === ALL ? null : value })} options={[{ value: ALL, label: "Everything" }, ...areas]} />
      <TextFilter label="Who" value={filter.actor} onChange={(actor) => change({ actor })} />
      <TextFilter label="Name of the thing" value={filter.resource} onChange={(resource) => change({ resource })} />
      <TextFilter label="Address" value={filter.ip} onChange={(ip) => change({ ip })} />
      <CustomRange from={filter.from} to={filter.to} change={change} />
      {filter.action?.includes(".") ? <Chip name="Action" value={filter.action} remove={() => change({ action: null })} /> : null}
      {filter.requestId === undefined ? null : <Chip name="Request" value={filter.requestId} remove={() => change({ requestId: null })} />}
      {filter.actorId === undefined ? null : <Chip name="Actor" value={filter.actorId} remove={() => change({ actorId: null })} />}
      {filter.resourceId === undefined ? null : <Chip name="Thing" value={filter.resourceId} remove={() => change({ resourceId: null, resourceType: null })} />}
      {Object.keys(filter).length === 0 ? null : (
        <Button size="sm" variant="ghost" onClick={() => change(Object.fromEntries(AUDIT_FILTERS.map((name) => [name, null])))}>
          Clear
        </Button>
      )}
    </div>
  );
}

function TextFilter({ label, value = "", onChange }: { label: string; value: string | undefined; onChange: (value: string | null) => void }) {
  const done = (text: string) => {
    if (text.trim() !== value) onChange(text.trim() === "" ? null : text.trim());
  };
  return (
    <Input
      key={value}
      aria-label={label}
      placeholder={label}
      defaultValue={value}
      maxLength={200}
      className="w-40 max-sm:w-full"
      onBlur={(event) => done(event.target.value)}
      onKeyDown={(event) => (event.key === "Enter" ? done(event.currentTarget.value) : undefined)}
    />
  );
}

function Chip({ name, value, remove }: { name: string; value: string; remove: () => void }) {
  return (
    <span className="flex max-w-full items-center gap-1 rounded-md border bg-muted px-2 py-1 text-xs">
      <span className="text-muted-foreground">{name}</span>
      <code className="truncate font-mono">{value}</code>
      <button type="button" aria-label={`Any ${name.toLowerCase()}`} className="rounded p-0.5 hover:bg-background" onClick={remove}>
        <X className="size-3.5" aria-hidden />
      </button>
    </span>
  );
}

"use client";

import { Bot, ChevronRight, KeyRound, Link2, Settings, User, type LucideIcon } from "lucide-react";
import Link from "next/link";
import { useId, useState, type ReactNode } from "react";
import type { UrlChange } from "@/components/shell/use-url-state";
import { Moment } from "@/components/time/moment";
import { cn } from "@/components/ui/class-names";
import type { AuditEventView } from "@/server/audit-log/contract";

const ACTORS: Readonly<Record<AuditEventView["actor"]["type"], { icon: LucideIcon; label: string }>> = {
  user: { icon: User, label: "Person" },
  token: { icon: KeyRound, label: "API token" },
  link: { icon: Link2, label: "Link" },
  run: { icon: Bot, label: "Run" },
  system: { icon: Settings, label: "Millrace" },
};

export interface AuditRowProps {
  event: AuditEventView;
  change: (change: UrlChange) => void;
  /** To what it is about. */
  links?: readonly { label: string; href: string }[];
}

/** One deed in a line; the rest of it when it is opened. */
export function AuditRow({ event, change, links = [] }: AuditRowProps) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const { icon: Icon, label } = ACTORS[event.actor.type];
  return (
    <li>
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
        className="flex w-full flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 text-left text-sm hover:bg-muted/60 focus-visible:-outline-offset-2"
      >
        <ChevronRight className={cn("size-4 shrink-0 text-muted-foreground transition-transform motion-reduce:transition-none", isOpen && "rotate-90")} aria-hidden />
        <Icon className="size-4 shrink-0 text-muted-foreground" aria-label={label} role="img" />
        <span className="font-medium break-words">{event.actor.name ?? label}</span>
        <code className="rounded bg-muted px-1.5 py-0.5 font-mono text-xs">{event.action}</code>
        <span className="min-w-0 flex-1 basis-40 truncate text-muted-foreground">{event.resource?.name ?? event.resource?.id ?? ""}</span>
        <Moment at={event.at} className="text-xs text-muted-foreground" />
      </button>
      {isOpen ? <AuditDetails id={id} event={event} change={change} links={links} /> : null}
    </li>
  );
}

function AuditDetails({ id, event, change, links }: Required<AuditRowProps> & { id: string }) {
  const { resource, actor } = event;
  return (
    <div id={id} className="flex flex-col gap-3 border-t bg-muted/30 px-4 py-3 text-sm sm:pl-14">
      <dl className="grid gap-x-6 gap-y-1.5 sm:grid-cols-[auto_1fr]">
        <Detail name="When">{event.at}</Detail>
        <Detail name="Who">
          {actor.name ?? "unknown"} {actor.id === null ? null : <Narrow text={actor.id} title="Only what this one did" onClick={() => change({ actorId: actor.id })} />}
        </Detail>
        <Detail name="What"><Narrow text={event.action} title="Only this action" onClick={() => change({ action: event.action })} /></Detail>
        {resource === null ? null : (
          <Detail name={resource.type}>
            {resource.name ?? ""} {resource.id === null ? null : <Narrow text={resource.id} title="Only what happened to this one" onClick={() => change({ resourceId: resource.id, resourceType: resource.type })} />}
          </Detail>
        )}
        {event.ip === null ? null : <Detail name="Address"><Narrow text={event.ip} title="Only from this address" onClick={() => change({ ip: event.ip })} /></Detail>}
        {event.userAgent === null ? null : <Detail name="Program">{event.userAgent}</Detail>}
        {event.requestId === null ? null : <Detail name="Request"><Narrow text={event.requestId} title="Only what this request did" onClick={() => change({ requestId: event.requestId })} /></Detail>}
        <Detail name="Place in the chain">{event.chainSeq ?? "not sealed yet"}</Detail>
      </dl>
      {links.length === 0 ? null : (
        <p className="flex flex-wrap gap-x-4 gap-y-1">
          {links.map(({ label, href }) => <Link key={href} href={href} className="text-primary underline-offset-4 hover:underline">{label}</Link>)}
        </p>
      )}
      <div className="grid gap-3 lg:grid-cols-2">
        <Summary title="Before" value={event.before} />
        <Summary title="After" value={event.after} />
      </div>
    </div>
  );
}

function Detail({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-xs text-muted-foreground sm:py-0.5">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}

function Narrow({ text, title, onClick }: { text: string; title: string; onClick: () => void }) {
  return (
    <button type="button" title={title} aria-label={`${title}: ${text}`} className="max-w-full rounded font-mono text-xs break-all underline decoration-dotted underline-offset-4 hover:decoration-solid" onClick={onClick}>
      {text}
    </button>
  );
}

function Summary({ title, value }: { title: string; value: unknown }) {
  if (value === null || value === undefined) return null;
  return (
    <section className="min-w-0">
      <h3 className="mb-1 text-xs font-medium text-muted-foreground">{title}</h3>
      <pre tabIndex={0} aria-label={title} className="max-h-64 overflow-auto rounded-md border bg-card p-2 font-mono text-xs">{JSON.stringify(value, null, 2)}</pre>
    </section>
  );
}

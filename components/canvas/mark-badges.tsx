import { CircleAlert, Pin, TriangleAlert } from "lucide-react";
import { Avatar } from "@/components/presence/avatars";
import { StatusIcon } from "@/components/status/status-badge";
import { STATUS_LOOK } from "@/components/status/statuses";
import { CHANGE_LOOK, type Change } from "./change-look";
import type { NodeMark } from "./marks";
import { countOf } from "./named-nodes";

/** The status of a step, or the problems of a node. */
export function MarkBadges({ mark }: { mark: NodeMark | undefined }) {
  if (mark === undefined) return null;
  return (
    <span className="flex shrink-0 items-center gap-1 text-xs text-muted-foreground">
      {mark.errors ? (
        <span className="flex items-center gap-0.5 text-destructive" title={countOf(mark.errors, "error")}>
          <CircleAlert className="size-4" aria-hidden />
          <span className="sr-only">{countOf(mark.errors, "error")}</span>
        </span>
      ) : mark.warnings ? (
        <span className="flex items-center gap-0.5 text-warning" title={countOf(mark.warnings, "warning")}>
          <TriangleAlert className="size-4" aria-hidden />
          <span className="sr-only">{countOf(mark.warnings, "warning")}</span>
        </span>
      ) : null}
      {mark.isPinned ? (
        <span className="text-primary" title="Its output is pinned" data-pinned>
          <Pin className="size-3.5" aria-hidden />
          <span className="sr-only">pinned</span>
        </span>
      ) : null}
      {mark.change === undefined ? null : <ChangeBadge change={mark.change} />}
      {mark.people?.map((person) => (
        <span key={person.id} title={person.name}>
          <Avatar person={person} small />
          <span className="sr-only">{person.name} is here</span>
        </span>
      ))}
      {mark.note ? <span className="tabular-nums">{mark.note}</span> : null}
      {mark.status ? (
        <span title={STATUS_LOOK[mark.status].label} data-status={mark.status}>
          <StatusIcon status={mark.status} />
          <span className="sr-only">{STATUS_LOOK[mark.status].label}</span>
        </span>
      ) : null}
    </span>
  );
}

function ChangeBadge({ change }: { change: Change }) {
  const { icon: Icon, label, color } = CHANGE_LOOK[change];
  return (
    <span title={label} data-change={change}>
      <Icon className="size-4" style={{ color }} aria-hidden />
      <span className="sr-only">{label}</span>
    </span>
  );
}

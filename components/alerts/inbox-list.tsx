"use client";

import Link from "next/link";
import { RestingList } from "@/components/live/resting-list";
import type { Resting } from "@/components/live/use-rest";
import { useHref } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { TextWithTimes } from "@/components/time/text-with-times";
import { cn } from "@/components/ui/class-names";
import type { InboxItemView } from "@/server/alerts/contract";
import { SeverityIcon } from "./severity-icon";
import { useMarkRead } from "./use-inbox";

/** Notifications of a person, the newest first. Following one reads it. */
export function InboxList({ rest: { rows, gone, resting }, onFollow, label }: { rest: Resting<InboxItemView>; onFollow?: () => void; label: string }) {
  const href = useHref();
  const mark = useMarkRead();
  return (
    <RestingList {...resting}>
      <ul className="divide-y" aria-label={label}>
        {rows.map((row) => (gone.has(row.id) ? { ...row, isRead: true } : row)).map((item) => (
          <li key={item.id} data-gone={gone.has(item.id) || undefined}>
            <Link
              href={href(item.path)}
              onClick={() => {
                if (!item.isRead) mark.mutate({ ids: [item.id] });
                onFollow?.();
              }}
              className={cn("flex gap-3 px-4 py-3 text-sm hover:bg-accent focus-visible:-outline-offset-2", item.isRead && "text-muted-foreground")}
            >
              <SeverityIcon severity={item.severity} className="mt-0.5" />
              <span className="flex min-w-0 flex-1 flex-col gap-0.5">
                <span className={cn("break-words", !item.isRead && "font-medium")}>{item.title}</span>
                {item.text === "" ? null : <span className="line-clamp-2 text-xs break-words text-muted-foreground"><TextWithTimes text={item.text} /></span>}
                <Moment at={item.at} className="text-xs text-muted-foreground" />
              </span>
              {item.isRead ? null : <span className="mt-1.5 size-2 shrink-0 rounded-full bg-primary"><span className="sr-only">Unread</span></span>}
            </Link>
          </li>
        ))}
      </ul>
    </RestingList>
  );
}

"use client";

import { useMutation } from "@tanstack/react-query";
import { CircleAlert, Info, TriangleAlert, X } from "lucide-react";
import Link from "next/link";
import { useState, type ReactNode } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { useHref } from "@/components/shell/workspace-context";
import { cn } from "@/components/ui/class-names";
import { toast } from "@/components/ui/toast";
import type { Banner } from "@/server/announcements/contract";
import { LimitedText } from "./limited-text";

const LOOKS = {
  info: { icon: Info, classes: "bg-primary/8 border-primary/25", iconClasses: "text-primary" },
  warning: { icon: TriangleAlert, classes: "bg-warning/10 border-warning/40", iconClasses: "text-warning" },
  danger: { icon: CircleAlert, classes: "bg-destructive/10 border-destructive/40", iconClasses: "text-destructive" },
} as const;

/** What lies over every page: what administrators announce, and a quota that is used up. It comes with the page, so that nothing jumps. */
export function Banners({ banners, quotaReached }: { banners: readonly Banner[]; quotaReached: string | null }) {
  const trpc = useTRPC();
  const href = useHref();
  const [gone, setGone] = useState<readonly string[]>([]);
  const dismiss = useMutation(trpc.announcements.dismiss.mutationOptions({
    onError: (error, { announcementId }) => {
      setGone((ids) => ids.filter((id) => id !== announcementId));
      toast.error(readRefusal(error).message);
    },
  }));
  const shown = banners.filter(({ id }) => !gone.includes(id));
  if (shown.length === 0 && quotaReached === null) return null;
  return (
    <section aria-label="Announcements" className="flex flex-col">
      {quotaReached === null ? null : (
        <Strip level="danger">
          Nothing new starts: {quotaReached} is used up. <Link href={href("/settings/usage")} className="underline underline-offset-4">See the usage</Link>
        </Strip>
      )}
      {shown.map(({ id, text, level }) => (
        <Strip
          key={id}
          level={level}
          dismiss={() => {
            setGone((ids) => [...ids, id]);
            dismiss.mutate({ announcementId: id });
          }}
        >
          <LimitedText source={text} />
        </Strip>
      ))}
    </section>
  );
}

function Strip({ level, dismiss, children }: { level: Banner["level"]; dismiss?: () => void; children: ReactNode }) {
  const { icon: Icon, classes, iconClasses } = LOOKS[level];
  return (
    <div className={cn("flex items-start gap-3 border-b px-4 py-2 text-sm sm:px-6", classes)}>
      <Icon className={cn("mt-0.5 size-4 shrink-0", iconClasses)} aria-hidden />
      <p className="min-w-0 flex-1 break-words">{children}</p>
      {dismiss === undefined ? null : (
        <button type="button" aria-label="Put this announcement away" onClick={dismiss} className="-my-0.5 rounded-md p-1 hover:bg-foreground/10">
          <X className="size-4" aria-hidden />
        </button>
      )}
    </div>
  );
}

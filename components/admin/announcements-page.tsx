"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Megaphone, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { LimitedText } from "@/components/announcements/limited-text";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { SettingsList } from "@/components/settings/settings-list";
import { Moment } from "@/components/time/moment";
import { useNow } from "@/components/time/use-now";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import type { AnnouncementView } from "@/server/announcements/contract";
import { AnnouncementDialog } from "./announcement-dialog";

const LEVEL_LABELS = { info: "Notice", warning: "Warning", danger: "Urgent" } as const;
const TONES = { info: "accent", warning: "warning", danger: "danger" } as const;
const REFRESH_MILLISECONDS = 30_000;

export function AnnouncementsPage() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const announcements = useQuery(trpc.announcements.list.queryOptions());
  const [open, setOpen] = useState<{ announcement: AnnouncementView | null } | null>(null);
  const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.announcements.pathKey() });
  const restore = useMutation(trpc.announcements.save.mutationOptions({ onSettled: refresh, onError: (error) => void toast.error(readRefusal(error).message) }));
  const remove = useMutation(trpc.announcements.remove.mutationOptions({ onSettled: refresh, onError: (error) => void toast.error(readRefusal(error).message) }));
  const take = ({ id, text, level, audience, organization, startsAt, endsAt }: AnnouncementView) => {
    const undo = () => restore.mutate({ text, level, audience, organizationId: organization?.id ?? null, startsAt, endsAt });
    remove.mutate({ announcementId: id }, { onSuccess: () => void toast("The announcement is gone.", { action: { label: "Undo", onClick: undo } }) });
  };
  return (
    <>
      <SettingsList
        title="Announcements"
        description="A line over every page of the workspaces, until each person puts it away. Changed words are shown again."
        actions={<Button variant="primary" onClick={() => setOpen({ announcement: null })}><Plus aria-hidden />New announcement</Button>}
        query={announcements}
        empty={{ icon: Megaphone, title: "Nothing is announced", text: "Tell people of maintenance, of something new, or of something that does not work." }}
      >
        {(items) => <ul className="divide-y" aria-label="Announcements">{items.map((item) => <Announcement key={item.id} item={item} onEdit={() => setOpen({ announcement: item })} onRemove={() => take(item)} />)}</ul>}
      </SettingsList>
      {open === null ? null : <AnnouncementDialog announcement={open.announcement} close={() => setOpen(null)} />}
    </>
  );
}

function Announcement({ item, onEdit, onRemove }: { item: AnnouncementView; onEdit: () => void; onRemove: () => void }) {
  const now = useNow(REFRESH_MILLISECONDS);
  const isOver = item.endsAt !== null && Date.parse(item.endsAt) <= now;
  const isAhead = Date.parse(item.startsAt) > now;
  const audience = { everybody: "Everybody", administrators: "Owners and admins of organizations", organization: item.organization?.name ?? "" }[item.audience];
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3">
      <div className="flex min-w-0 flex-1 basis-64 flex-col gap-1">
        <p className="text-sm break-words"><LimitedText source={item.text} /></p>
        <div className="flex flex-wrap items-center gap-2 text-xs text-muted-foreground">
          <Badge tone={TONES[item.level]}>{LEVEL_LABELS[item.level]}</Badge>
          <span>{audience}</span>
          <span>{isOver ? "over since" : isAhead ? "from" : "shown since"} <Moment at={isOver ? item.endsAt! : item.startsAt} />{isOver || item.endsAt === null ? "" : <>, until <Moment at={item.endsAt} /></>}</span>
          <span>put away by {item.dismissals.toLocaleString()}</span>
        </div>
      </div>
      <div className="flex">
        <Button variant="ghost" size="icon" aria-label="Change the announcement" onClick={onEdit}><Pencil aria-hidden /></Button>
        <Button variant="ghost" size="icon" aria-label="Remove the announcement" onClick={onRemove}><Trash2 aria-hidden /></Button>
      </div>
    </li>
  );
}

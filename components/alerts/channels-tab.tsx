"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Mail, Pencil, Plus, Send, Trash2 } from "lucide-react";
import { useState } from "react";
import { toast } from "@/components/ui/toast";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { useLiveRefresh } from "@/components/live/use-live";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { SettingsList } from "@/components/settings/settings-list";
import { useMay } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Switch } from "@/components/ui/switch";
import type { ChannelView } from "@/server/alerts/contract";
import { ChannelDialog } from "./channel-dialog";
import { CHANNEL_KINDS } from "./channel-kinds";
import { DeliveryStatus } from "./delivery-status";
import { tellOutcome } from "./tell-outcome";

type Open = { kind: "edit"; channel: ChannelView | null } | { kind: "remove"; channel: ChannelView } | null;

/** Where rules send to besides the inbox of people. */
export function ChannelsTab() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const mayWrite = useMay("settings:write");
  const channels = useQuery(trpc.alerts.channels.queryOptions());
  useLiveRefresh("alerts", trpc.alerts.channels.pathKey());
  const [open, setOpen] = useState<Open>(null);
  const remove = useMutation(
    trpc.alerts.removeChannel.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries({ queryKey: trpc.alerts.pathKey() });
        setOpen(null);
      },
    }),
  );
  return (
    <>
      <SettingsList
        title="Channels"
        description="Mailboxes, Slack and other programs that rules send to."
        actions={
          mayWrite ? (
            <Button variant="primary" onClick={() => setOpen({ kind: "edit", channel: null })}>
              <Plus aria-hidden />
              New channel
            </Button>
          ) : null
        }
        query={channels}
        empty={{ icon: Mail, title: "No channels yet", text: "Add a mailbox, the webhook of a Slack channel, or the address of a program that takes signed events." }}
      >
        {(items) => (
          <ul className="divide-y" aria-label="Channels">
            {items.map((channel) => (
              <ChannelRow key={channel.id} channel={channel} mayWrite={mayWrite} onOpen={setOpen} />
            ))}
          </ul>
        )}
      </SettingsList>
      {open?.kind === "edit" ? <ChannelDialog channel={open.channel} close={() => setOpen(null)} /> : null}
      {open?.kind === "remove" ? (
        <ConfirmDialog title={`Remove ${open.channel.name}?`} action="Remove it" isBusy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate({ channelId: open.channel.id })} close={() => setOpen(null)}>
          Rules no longer send to it. Its deliveries and its key go with it.
        </ConfirmDialog>
      ) : null}
    </>
  );
}

function ChannelRow({ channel, mayWrite, onOpen }: { channel: ChannelView; mayWrite: boolean; onOpen: (open: Open) => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.alerts.pathKey() });
  const failed = (error: unknown) => void toast.error(readRefusal(error).message);
  const update = useMutation(trpc.alerts.updateChannel.mutationOptions({ onSettled: refresh, onError: failed }));
  const test = useMutation(trpc.alerts.testChannel.mutationOptions({ onSettled: refresh, onError: failed, onSuccess: tellOutcome }));
  const channelId = channel.id;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="flex min-w-0 flex-1 basis-60 flex-col gap-1">
        <div className="flex flex-wrap items-center gap-2">
          <span className="font-medium break-words">{channel.name}</span>
          <Badge>{CHANNEL_KINDS[channel.kind]}</Badge>
        </div>
        <p className="text-sm break-all text-muted-foreground">{channel.to.join(", ")}</p>
        {channel.last === null ? null : (
          <p className="flex flex-wrap items-center gap-2 text-xs text-muted-foreground">
            <DeliveryStatus status={channel.last.status} />
            <Moment at={channel.last.at} />
            {channel.last.error === null ? null : <span className="break-words">{channel.last.error}</span>}
          </p>
        )}
      </div>
      {mayWrite ? (
        <div className="flex items-center gap-2">
          <Button size="sm" disabled={test.isPending} aria-label={`Send a test to ${channel.name}`} onClick={() => test.mutate({ channelId })}>
            <Send aria-hidden />
            {test.isPending ? "Sending …" : "Send a test"}
          </Button>
          <Switch aria-label={`${channel.name} enabled`} checked={update.isPending ? (update.variables.enabled ?? channel.enabled) : channel.enabled} disabled={update.isPending} onCheckedChange={(enabled) => update.mutate({ channelId, enabled })} />
          <Button variant="ghost" size="icon" aria-label={`Change ${channel.name}`} onClick={() => onOpen({ kind: "edit", channel })}>
            <Pencil aria-hidden />
          </Button>
          <Button variant="ghost" size="icon" aria-label={`Remove ${channel.name}`} onClick={() => onOpen({ kind: "remove", channel })}>
            <Trash2 aria-hidden />
          </Button>
        </div>
      ) : null}
    </li>
  );
}

"use client";

import { useQuery } from "@tanstack/react-query";
import { MonitorSmartphone } from "lucide-react";
import { useTRPC, useTRPCClient } from "@/components/data/trpc";
import { SettingsList } from "@/components/settings/settings-list";
import { Moment } from "@/components/time/moment";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { nameDevice } from "./name-device";
import { Refused } from "./refused";
import { useProvenMutation } from "./use-proven-mutation";

const METHODS: Readonly<Record<string, string>> = { password: "password", link: "a link", passkey: "a passkey", github: "GitHub", google: "Google", sso: "single sign-on" };

export function SessionsCard() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const sessions = useQuery(trpc.account.sessions.queryOptions());
  const end = useProvenMutation((sessionId: string) => client.account.endSession.mutate({ sessionId }));
  const endOthers = useProvenMutation((_: void) => client.account.endOtherSessions.mutate(), ({ ended }) => toast.success(ended === 1 ? "One other session was ended." : `${ended} other sessions were ended.`));
  const hasOthers = (sessions.data?.length ?? 0) > 1;
  return (
    <>
      <SettingsList
        title="Sessions"
        description="Where you are signed in."
        actions={hasOthers ? <Button disabled={endOthers.isPending} onClick={() => endOthers.mutate()}>Sign out everywhere else</Button> : null}
        query={sessions}
        empty={{ icon: MonitorSmartphone, title: "No sessions", text: "" }}
      >
        {(items) => (
          <ul aria-label="Sessions" className="divide-y">
            {items.map((session) => {
              const device = nameDevice(session.userAgent);
              return (
                <li key={session.id} className="flex items-center gap-3 px-4 py-3">
                  <div className="flex min-w-0 flex-1 basis-40 flex-col gap-0.5">
                    <span className="flex flex-wrap items-center gap-2 text-sm font-medium" title={session.userAgent ?? undefined}>
                      {device}
                      {session.isCurrent ? <Badge tone="accent">This device</Badge> : null}
                    </span>
                    <span className="text-xs break-words text-muted-foreground">
                      {session.ip ?? "unknown address"}, seen <Moment at={session.lastSeenAt} />, by {METHODS[session.method] ?? session.method} <Moment at={session.createdAt} />
                    </span>
                  </div>
                  {session.isCurrent ? null : <Button size="sm" aria-label={`End the session of ${device}, ${session.ip ?? "unknown address"}`} disabled={end.isPending} onClick={() => end.mutate(session.id)}>End</Button>}
                </li>
              );
            })}
          </ul>
        )}
      </SettingsList>
      <Refused error={end.error ?? endOthers.error} />
    </>
  );
}

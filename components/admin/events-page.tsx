"use client";

import { useQuery } from "@tanstack/react-query";
import { CalendarCheck, Inbox, RadioTower } from "lucide-react";
import { useTRPC } from "@/components/data/trpc";
import { SettingsList } from "@/components/settings/settings-list";
import { Moment } from "@/components/time/moment";
import { Badge } from "@/components/ui/badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { EventsView } from "@/server/admin/contract";

const REFRESH_MILLISECONDS = 10_000;

/** What starts runs by itself. Names of workflows and triggers are their workspaces' own and not shown. */
export function EventsPage() {
  const trpc = useTRPC();
  const view = useQuery({ ...trpc.admin.events.queryOptions(), refetchInterval: REFRESH_MILLISECONDS });
  const schedules = view.data?.schedules;
  return (
    <>
      <SettingsList
        title="Late schedules"
        description={schedules === undefined ? "Schedules and pollers that are more than a minute late." : `${schedules.active.toLocaleString()} schedules and pollers are active, ${schedules.dueSoon.toLocaleString()} are due within five minutes. Here are those that are more than a minute late.`}
        query={{ ...view, data: schedules?.late }}
        empty={{ icon: CalendarCheck, title: "Nothing is late", text: "Every schedule has fired when it was due." }}
      >
        {(late) => (
          <Table label="Late schedules">
            <TableHeader><tr><TableHead>Workspace</TableHead><TableHead>Organization</TableHead><TableHead>Kind</TableHead><TableHead>Was due</TableHead></tr></TableHeader>
            <TableBody>
              {late.map((row, index) => (
                <TableRow key={index}><Place {...row} /><TableCell>{row.kind}</TableCell><TableCell className="whitespace-nowrap"><Moment at={row.dueAt} /></TableCell></TableRow>
              ))}
            </TableBody>
          </Table>
        )}
      </SettingsList>
      <SettingsList title="Inbox of events" description="Accepted events that are still to become runs, and those that are held." query={{ ...view, data: view.data?.inbox }} empty={{ icon: Inbox, title: "Nothing waits", text: "Every event has become its run." }}>
        {(rows) => (
          <Table label="Inbox of events">
            <TableHeader><tr><TableHead>Workspace</TableHead><TableHead>Organization</TableHead><TableHead className="text-right">Due</TableHead><TableHead className="text-right">Held</TableHead><TableHead className="text-right">of them for a quota</TableHead></tr></TableHeader>
            <TableBody>
              {rows.map((row) => (
                <TableRow key={`${row.organization} ${row.workspace}`}>
                  <Place {...row} />
                  {[row.due, row.held, row.heldByQuota].map((value, index) => <TableCell key={index} className="text-right tabular-nums">{value.toLocaleString()}</TableCell>)}
                </TableRow>
              ))}
            </TableBody>
          </Table>
        )}
      </SettingsList>
      <SettingsList title="Triggers in trouble" description="Listeners, pollers and schedules with an error, listeners that no process holds, and subscriptions at providers that could not be kept. What went wrong is on the pages of their workspaces." query={{ ...view, data: view.data?.listeners }} empty={{ icon: RadioTower, title: "All listen", text: "No trigger has an error." }}>
        {(rows) => (
          <Table label="Triggers in trouble">
            <TableHeader><tr><TableHead>Workspace</TableHead><TableHead>Organization</TableHead><TableHead>Kind</TableHead><TableHead>Trouble</TableHead></tr></TableHeader>
            <TableBody>
              {rows.map((row, index) => (
                <TableRow key={index}><Place {...row} /><TableCell>{row.kind}</TableCell><TableCell><Badge tone="danger">{TROUBLES[row.problem]}</Badge></TableCell></TableRow>
              ))}
            </TableBody>
          </Table>
        )}
      </SettingsList>
    </>
  );
}

const TROUBLES: Readonly<Record<EventsView["listeners"][number]["problem"], string>> = { failing: "has an error", silent: "no subscription", unattended: "nobody listens" };

function Place({ workspace, organization }: { workspace: string; organization: string }) {
  return (
    <>
      <TableCell className="whitespace-nowrap">{workspace}</TableCell>
      <TableCell className="whitespace-nowrap text-muted-foreground">{organization}</TableCell>
    </>
  );
}

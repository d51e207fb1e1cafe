"use client";

import { useUrlState } from "@/components/shell/use-url-state";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { ChannelsTab } from "./channels-tab";
import { DeliveriesTab } from "./deliveries-tab";
import { HandlersTab } from "./handlers-tab";
import { MailTab } from "./mail-tab";
import { PreferencesTab } from "./preferences-tab";
import { RulesTab } from "./rules-tab";

const TABS = [
  { value: "rules", label: "Rules", Content: RulesTab },
  { value: "channels", label: "Channels", Content: ChannelsTab },
  { value: "deliveries", label: "Deliveries", Content: DeliveriesTab },
  { value: "handlers", label: "Workflows", Content: HandlersTab },
  { value: "mail", label: "Mail server", Content: MailTab },
  { value: "mine", label: "Preferences", Content: PreferencesTab },
] as const;

/** Who is told of what, by which way, and how that went. */
export function NotificationsPage() {
  const { params, change } = useUrlState();
  const given = params.get("tab");
  const tab = TABS.some(({ value }) => value === given) ? given! : "rules";
  return (
    <Tabs value={tab} onValueChange={(value) => change({ tab: value === "rules" ? null : value })} className="flex flex-col gap-4">
      <TabsList aria-label="Notifications">
        {TABS.map(({ value, label }) => (
          <TabsTrigger key={value} value={value}>{label}</TabsTrigger>
        ))}
      </TabsList>
      {TABS.map(({ value, Content }) => (
        <TabsContent key={value} value={value}><Content /></TabsContent>
      ))}
    </Tabs>
  );
}

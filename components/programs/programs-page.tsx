"use client";

import { TokensPage } from "@/components/settings/tokens-page";
import { useUrlState } from "@/components/shell/use-url-state";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { ApplicationsTab } from "./applications-tab";
import { IssuersTab } from "./issuers-tab";
import { ServiceAccountsTab } from "./service-accounts-tab";

const TABS = [
  { value: "tokens", label: "API tokens", Content: TokensPage },
  { value: "accounts", label: "Service accounts", Content: ServiceAccountsTab },
  { value: "applications", label: "Applications", Content: ApplicationsTab },
  { value: "issuers", label: "Trusted issuers", Content: IssuersTab },
] as const;

/** All ways by which programs come in. */
export function ProgramsPage() {
  const { params, change } = useUrlState();
  const given = params.get("tab");
  const tab = TABS.some(({ value }) => value === given) ? given! : "tokens";
  return (
    <Tabs value={tab} onValueChange={(value) => change({ tab: value === "tokens" ? null : value })} className="flex flex-col gap-4">
      <TabsList aria-label="Programs">
        {TABS.map(({ value, label }) => <TabsTrigger key={value} value={value}>{label}</TabsTrigger>)}
      </TabsList>
      {TABS.map(({ value, Content }) => <TabsContent key={value} value={value}><Content /></TabsContent>)}
    </Tabs>
  );
}

"use client";

import { PageHeader } from "@/components/shell/page-header";
import { SearchField } from "@/components/shell/search-field";
import { useUrlState } from "@/components/shell/use-url-state";
import { LeftBehindByDeleted } from "./left-behind";
import { RoutesDocumentLink } from "./trigger-address";
import { SealSetting } from "./seal-setting";
import { TriggerList } from "./trigger-list";
import { UnknownCalls } from "./unknown-calls";

export function TriggersPage() {
  const { params, change } = useUrlState();
  const search = params.get("q") ?? "";
  return (
    <>
      <PageHeader title="Triggers" actions={<RoutesDocumentLink />} />
      <TriggerList search={search} tools={<SearchField label="Search triggers" value={search} onSearch={(q) => change({ q })} className="w-full sm:w-72" />} />
      <SealSetting />
      <LeftBehindByDeleted />
      <UnknownCalls />
    </>
  );
}

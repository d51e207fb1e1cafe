"use client";

import { ExternalLink, RefreshCw } from "lucide-react";
import { useWorkspace } from "@/components/shell/workspace-context";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { CopyButton } from "@/components/ui/copy-button";
import type { TriggerDetail } from "@/server/triggers/contract";
import { ROUTE_PREFIX, ROUTES_DOCUMENT } from "@/server/triggers/kinds/route/path";
import { curlLineOf } from "./curl-line";
import { hasReplaceableAddress } from "./kind-choices";

/** Where a trigger is called; of a route also how. */
export function TriggerAddress({ trigger, onReplace }: { trigger: TriggerDetail; onReplace: (() => void) | null }) {
  if (trigger.url === null) return null;
  const curl = trigger.kind === "route" ? curlLineOf(trigger) : null;
  return (
    <div className="flex flex-col gap-2">
      <CopyLine title="Address" text={trigger.url} copyLabel="Copy the address" isWhole={trigger.kind === "email"}>
        {onReplace !== null && hasReplaceableAddress(trigger.kind) ? (
          <Button variant="ghost" size="icon-sm" aria-label="Replace the address" onClick={onReplace}>
            <RefreshCw aria-hidden />
          </Button>
        ) : null}
      </CopyLine>
      {trigger.kind === "email" ? <p className="text-sm text-muted-foreground">Mails to this address start runs. Behind a + in it anything may stand: steps read it as trigger.tag.</p> : null}
      {curl === null ? null : <CopyLine title="Call it" text={curl} copyLabel="Copy the curl line" />}
      {trigger.kind === "route" ? <RoutesDocumentLink /> : null}
    </div>
  );
}

interface CopyLineProps {
  title: string;
  text: string;
  copyLabel: string;
  /** Shown on as many lines as it needs: the end of a mail address says most. */
  isWhole?: boolean;
  children?: React.ReactNode;
}

function CopyLine({ title, text, copyLabel, isWhole = false, children }: CopyLineProps) {
  return (
    <div className="flex flex-col gap-1">
      <span className="text-sm font-medium">{title}</span>
      <div className="flex items-center gap-1 rounded-md border bg-muted/40 px-2 py-1">
        <code className={cn("min-w-0 flex-1 font-mono text-xs", isWhole ? "break-all" : "truncate")} title={text}>{text}</code>
        <CopyButton text={text} label={copyLabel} />
        {children}
      </div>
    </div>
  );
}

/** The OpenAPI document that lists the routes of the workspace. */
export function RoutesDocumentLink() {
  const { current } = useWorkspace();
  return (
    <a href={`${ROUTE_PREFIX}/${current.slug}/${ROUTES_DOCUMENT}`} target="_blank" rel="noreferrer" className="inline-flex items-center gap-1.5 self-start rounded-sm text-sm text-muted-foreground hover:text-foreground hover:underline [&_svg]:size-3.5">
      <ExternalLink aria-hidden />
      OpenAPI document of all routes
    </a>
  );
}

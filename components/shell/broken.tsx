"use client";

import { RotateCw, TriangleAlert } from "lucide-react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";

export interface BrokenProps {
  error: unknown;
  retry: () => void;
}

/** A page that failed. What went wrong is in the server's log under the digest. */
export function Broken({ error, retry }: BrokenProps) {
  const digest = error instanceof Error && "digest" in error && typeof error.digest === "string" ? error.digest : null;
  return (
    <EmptyState
      icon={TriangleAlert}
      title="This page could not be shown"
      actions={
        <Button onClick={retry}>
          <RotateCw aria-hidden />
          Try again
        </Button>
      }
    >
      <p role="alert">The server or its database may be restarting. Nothing you saved is lost.</p>
      {digest === null ? null : <p className="mt-2 font-mono text-xs">Reference {digest}</p>}
    </EmptyState>
  );
}

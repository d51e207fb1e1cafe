"use client";

import { CloudOff, RotateCw, SearchX } from "lucide-react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { readRefusal } from "./problem";

/** A part of a page that could not be loaded. */
export function ErrorState({ error, retry, what = "this" }: { error: unknown; retry: () => void; what?: string }) {
  const { message, kind } = readRefusal(error);
  const missing = kind === "not_found";
  return (
    <EmptyState
      icon={missing ? SearchX : CloudOff}
      title={missing ? "Not found" : `Could not load ${what}`}
      actions={
        missing ? null : (
          <Button onClick={retry}>
            <RotateCw aria-hidden />
            Try again
          </Button>
        )
      }
    >
      <p role="alert">{message}</p>
    </EmptyState>
  );
}

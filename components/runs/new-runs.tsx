"use client";

import { ArrowUp } from "lucide-react";
import { useState } from "react";
import { useLive } from "@/components/live/use-live";
import { Button } from "@/components/ui/button";

/** Above a list that is so long that it stays as it is: says so, and leads back to the newest. */
export function NewRuns({ showNew }: { showNew: () => void }) {
  const [hasNews, setNews] = useState(false);
  useLive("runs", () => setNews(true));
  return (
    <div role="status" className="mb-3 flex flex-wrap items-center justify-between gap-2 rounded-lg border bg-card px-3 py-2 text-sm text-muted-foreground">
      <span>{hasNews ? "Since then something has happened." : "The list stays as it is while so many pages are shown."}</span>
      <Button size="sm" variant={hasNews ? "primary" : "secondary"} onClick={showNew}>
        <ArrowUp aria-hidden />
        Show new runs
      </Button>
    </div>
  );
}

"use client";

import { Button } from "@/components/ui/button";

interface StepPagerProps {
  from: number;
  count: number;
  total: number;
  what: string;
  step: number;
  onChange: (from: number) => void;
}

/** Goes through a large value part by part. */
export function StepPager({ from, count, total, what, step, onChange }: StepPagerProps) {
  return (
    <p className="flex items-center gap-2 py-1 font-sans text-xs text-muted-foreground">
      <Button variant="link" size="sm" disabled={from === 0} onClick={() => onChange(Math.max(0, from - step))}>Previous</Button>
      <span className="tabular-nums" role="status">{`${(from + 1).toLocaleString()}–${(from + count).toLocaleString()} of ${total.toLocaleString()} ${what}`}</span>
      <Button variant="link" size="sm" disabled={from + count >= total} onClick={() => onChange(from + step)}>Next</Button>
    </p>
  );
}

"use client";

import { useMemo, type ReactNode } from "react";
import { ErrorState } from "@/components/data/error-state";
import { Skeleton } from "@/components/ui/skeleton";
import { decodeValue } from "@/server/expressions/decoding";
import { SlicedValue } from "./sliced-value";
import { useDownloadAddress, useValue, type ValueRef } from "./use-value";
import { ValuePanel } from "./value-panel";

export interface ValueViewProps {
  value: ValueRef;
  /** Anything that changes when the value may have. */
  version: string;
  label: string;
  /** What the value is called in expressions. */
  rootText?: string;
  actions?: ReactNode;
}

/** A stored value: tree, table or text; what is too large to be loaded whole comes in slices. */
export function ValueView({ value, version, label, rootText, actions }: ValueViewProps) {
  const query = useValue(value, version);
  const addressOf = useDownloadAddress();
  const text = query.data?.text ?? null;
  const decoded = useMemo(() => (text === null ? null : tryDecode(text)), [text]);
  if (query.isPending) return <Skeleton className="h-24 w-full" />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} what={`the ${label.toLowerCase()}`} />;
  const { total } = query.data;
  if (total === null) return <p className="text-sm text-muted-foreground">There is none.</p>;
  const shared = { label, size: total, rootText, download: addressOf(value) };
  return decoded === null ? <SlicedValue {...shared} stored={value} version={version} /> : <ValuePanel {...shared} value={decoded.value} actions={actions} />;
}

/** A stored text that holds a marker of a newer version is shown as it is. */
function tryDecode(text: string): { value: unknown } {
  try {
    return { value: decodeValue(text) };
  } catch {
    return { value: text };
  }
}

"use client";

import { useCallback, useRef, useState, type ReactNode } from "react";
import { ProofDialog } from "@/components/account/proof";
import { DataProvider } from "@/components/data/data-provider";

/** Calls of the administration: what changes something there asks first who it is, when that was not shown for a while. */
export function ProvenData({ children }: { children: ReactNode }) {
  const [isAsking, setAsking] = useState(false);
  const waiting = useRef<((isProven: boolean) => void)[]>([]);
  const prove = useCallback(
    () =>
      new Promise<boolean>((resolve) => {
        waiting.current.push(resolve);
        setAsking(true);
      }),
    [],
  );
  const done = (isProven: boolean) => {
    setAsking(false);
    for (const resolve of waiting.current.splice(0)) resolve(isProven);
  };
  return (
    <DataProvider workspace={null} prove={prove}>
      {children}
      {isAsking ? <ProofDialog why="This changes something for the whole installation." back={window.location.pathname} done={done} /> : null}
    </DataProvider>
  );
}

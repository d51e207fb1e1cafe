"use client";

import dynamic from "next/dynamic";
import { useCallback, useRef, useState, type ReactNode } from "react";
import { DataProvider } from "@/components/data/data-provider";

const ProofDialog = dynamic(() => import("@/components/account/proof").then((module) => module.ProofDialog), { ssr: false });

interface ProvenDataProps {
  /** Its slug; null: pages outside of any. */
  workspace: string | null;
  /** What needs the proof, as a sentence. */
  why: string;
  children: ReactNode;
}

/** Calls of which the server asks for some first who it is, when that was not shown for a while: then the person shows it, and they go on. */
export function ProvenData({ workspace, why, children }: ProvenDataProps) {
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
    <DataProvider workspace={workspace} prove={prove}>
      {children}
      {isAsking ? <ProofDialog why={why} back={window.location.pathname} done={done} /> : null}
    </DataProvider>
  );
}

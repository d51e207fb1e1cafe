"use client";

import dynamic from "next/dynamic";
import { useEffect } from "react";

const load = () => import("./inspector");

/** Its forms and editors come when the canvas is drawn. As wide as it will be, so that nothing jumps. */
export const LazyInspector = dynamic(() => load().then(({ Inspector }) => Inspector), {
  ssr: false,
  loading: () => <div role="status" aria-label="Loading the step" className="w-[26rem] shrink-0 border-l bg-card max-lg:hidden" />,
});

/** Fetches it while nothing else is to be done, before somebody selects a step. */
export function usePreparedInspector(): void {
  useEffect(() => {
    if (typeof window.requestIdleCallback !== "function") {
      const timer = setTimeout(() => void load(), 1_000);
      return () => clearTimeout(timer);
    }
    const idle = window.requestIdleCallback(() => void load());
    return () => window.cancelIdleCallback(idle);
  }, []);
}

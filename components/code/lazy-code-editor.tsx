"use client";

import dynamic from "next/dynamic";

/** As high as the editor begins, so that nothing jumps when it comes. */
export const LazyCodeEditor = dynamic(() => import("./code-editor"), {
  ssr: false,
  loading: () => <div role="status" aria-label="Loading the editor" className="h-48 w-full rounded-md border border-input bg-card" />,
});

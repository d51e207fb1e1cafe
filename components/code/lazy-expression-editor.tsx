"use client";

import dynamic from "next/dynamic";

/** As high as a field, so that nothing jumps when the editor comes. */
export const LazyExpressionEditor = dynamic(() => import("./expression-editor"), {
  ssr: false,
  loading: () => <div role="status" aria-label="Loading the editor" className="h-9 w-full rounded-md border border-input bg-card" />,
});

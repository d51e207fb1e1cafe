"use client";

import { Broken, type BrokenProps } from "@/components/shell/broken";

export default function ErrorPage(props: BrokenProps) {
  return (
    <main className="flex min-h-dvh items-center justify-center">
      <Broken {...props} />
    </main>
  );
}

"use client";

import "./globals.css";
import { Broken, type BrokenProps } from "@/components/shell/broken";

export default function GlobalError(props: BrokenProps) {
  return (
    <html lang="en">
      <body className="font-sans">
        <main className="flex min-h-dvh items-center justify-center">
          <Broken {...props} />
        </main>
      </body>
    </html>
  );
}

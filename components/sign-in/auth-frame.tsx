import type { ReactNode } from "react";
import { Logo } from "@/components/shell/logo";
import { Card } from "@/components/ui/card";

/** The frame of pages before the door. */
export function AuthFrame({ children }: { children: ReactNode }) {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-6 p-4">
      <div className="flex items-center gap-3">
        <Logo className="size-10" />
        <span className="text-xl font-semibold">Millrace</span>
      </div>
      <Card className="w-full max-w-sm p-6">{children}</Card>
    </main>
  );
}

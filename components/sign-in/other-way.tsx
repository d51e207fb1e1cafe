"use client";

import { Button } from "@/components/ui/button";
import { leave } from "./leave";

/** For whoever came in a way that their organization does not allow any more. */
export function OtherWay({ email }: { email: string }) {
  return (
    <div className="flex flex-col gap-4">
      <h1 className="text-base font-semibold">Sign in another way</h1>
      <p className="text-sm break-words text-muted-foreground">An organization of {email} does not allow the way in which you signed in. Sign out and choose another one.</p>
      <Button variant="primary" onClick={() => void leave()}>Sign out</Button>
    </div>
  );
}

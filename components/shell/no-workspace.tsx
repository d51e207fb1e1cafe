"use client";

import { DoorClosed } from "lucide-react";
import Link from "next/link";
import { leave } from "@/components/sign-in/leave";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";

export function NoWorkspace({ email }: { email: string }) {
  return (
    <main className="flex min-h-dvh items-center justify-center">
      <EmptyState
        icon={DoorClosed}
        title="You belong to no workspace yet"
        actions={
          <>
            <Button asChild variant="primary"><Link href="/organizations">Your organizations</Link></Button>
            <Button asChild><Link href="/profile/security">Profile and security</Link></Button>
            <Button onClick={() => void leave()}>Sign out</Button>
          </>
        }
      >
        <p>You are signed in as {email}. Ask an administrator to add you to a workspace.</p>
      </EmptyState>
    </main>
  );
}

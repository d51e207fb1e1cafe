"use client";

import { ArrowLeft } from "lucide-react";
import { usePathname, useRouter } from "next/navigation";
import type { ReactNode } from "react";
import { ProofForm } from "@/components/account/proof";
import { Logo } from "@/components/shell/logo";
import { Button } from "@/components/ui/button";

/** The installation asks for a second factor that this session has not shown: single sign-on, for one, asks for none of Millrace's own. */
export function FactorDoor() {
  const router = useRouter();
  return (
    <Door text="Administrators of this installation show a second factor of their own.">
      <ProofForm back={usePathname()} done={() => router.refresh()} withoutFactor={<SetUp />} />
      <p className="text-xs text-muted-foreground">
        Lost yours? A recovery code does in place of the app. Else somebody at the machine takes them away: <code className="break-all">millrace sign-in-link --reset-factors</code>
      </p>
    </Door>
  );
}

function SetUp() {
  return (
    <>
      <p className="text-sm text-muted-foreground">You have none yet: set up an authenticator app or a passkey, and come back.</p>
      <Button variant="primary" asChild>
        <a href="/profile/security">Set up a second factor</a>
      </Button>
    </>
  );
}

/** Before the administration opens: who has signed in a while ago shows once more that it is them. */
export function AdminDoor() {
  const router = useRouter();
  return (
    <Door text="Confirm that it is you. The pages stay open for an hour.">
      <ProofForm back={usePathname()} done={() => router.refresh()} />
    </Door>
  );
}

function Door({ text, children }: { text: string; children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col justify-center gap-5 px-4 py-8">
      <Logo className="size-8" />
      <div className="flex flex-col gap-1">
        <h1 className="text-lg font-semibold">Administration of the installation</h1>
        <p className="text-sm text-muted-foreground">{text}</p>
      </div>
      {children}
      <a href="/" className="flex items-center gap-1.5 text-sm text-muted-foreground hover:text-foreground">
        <ArrowLeft className="size-4" aria-hidden />
        Back to the workspaces
      </a>
    </main>
  );
}

"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/data/trpc";
import { ErrorState } from "@/components/data/error-state";
import { Logo } from "@/components/shell/logo";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { FirstSignInForm, LinkSignInForm } from "./link-forms";
import { PasswordForm } from "./password-form";

export function SignIn({ token, next }: { token: string | null; next: string }) {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-6 p-4">
      <div className="flex items-center gap-3">
        <Logo className="size-10" />
        <span className="text-xl font-semibold">Millrace</span>
      </div>
      <Card className="w-full max-w-sm p-6">
        {token === null ? <PasswordForm next={next} /> : <ByLink token={token} next={next} />}
      </Card>
    </main>
  );
}

function ByLink({ token, next }: { token: string; next: string }) {
  const trpc = useTRPC();
  const [withPassword, setWithPassword] = useState(false);
  const link = useQuery({ ...trpc.me.signInLink.queryOptions({ token }), refetchOnWindowFocus: false });
  if (withPassword) return <PasswordForm next={next} />;
  if (link.isPending) return <SkeletonRows count={3} />;
  if (link.isError) return <ErrorState error={link.error} retry={() => void link.refetch()} what="the sign-in link" />;
  if (!link.data.valid) {
    return (
      <div className="flex flex-col gap-4">
        <Alert tone="warning" title="This link does not work any more">
          It was used already or is older than a day. Someone with access to the server gets a new one from{" "}
          <code className="font-mono">npx millrace sign-in-link</code>.
        </Alert>
        <Button onClick={() => setWithPassword(true)}>Sign in with e-mail and password</Button>
      </div>
    );
  }
  return link.data.needsPassword ? <FirstSignInForm token={token} next={next} /> : <LinkSignInForm token={token} next={next} email={link.data.email ?? ""} />;
}

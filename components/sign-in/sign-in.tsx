"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/data/trpc";
import { ErrorState } from "@/components/data/error-state";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { Ways } from "@/server/account/contract";
import { FirstSignInForm, LinkSignInForm } from "./link-forms";
import { PasswordForm } from "./password-form";

interface Props {
  token: string | null;
  next: string;
  ways: Ways;
  /** What went wrong elsewhere, by its code. */
  problem: string | null;
}

export function SignIn({ token, next, ways, problem }: Props) {
  return token === null ? <PasswordForm next={next} ways={ways} problem={problem} /> : <ByLink token={token} next={next} ways={ways} />;
}

function ByLink({ token, next, ways }: { token: string; next: string; ways: Ways }) {
  const trpc = useTRPC();
  const [withPassword, setWithPassword] = useState(false);
  const link = useQuery({ ...trpc.me.signInLink.queryOptions({ token }), refetchOnWindowFocus: false });
  if (withPassword) return <PasswordForm next={next} ways={ways} problem={null} />;
  if (link.isPending) return <SkeletonRows count={3} />;
  if (link.isError) return <ErrorState error={link.error} retry={() => void link.refetch()} what="the sign-in link" />;
  if (!link.data.valid) {
    return (
      <div className="flex flex-col gap-4">
        <Alert tone="warning" title="This link does not work any more">
          It was used already or is too old.{" "}
          {ways.mail ? "Ask for a new one by mail." : <>Someone with access to the server gets a new one from <code className="font-mono">npx millrace sign-in-link</code>.</>}
        </Alert>
        <Button onClick={() => setWithPassword(true)}>Sign in with e-mail and password</Button>
      </div>
    );
  }
  return link.data.needsPassword ? <FirstSignInForm token={token} next={next} /> : <LinkSignInForm token={token} next={next} email={link.data.email ?? ""} />;
}

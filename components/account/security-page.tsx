"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import Link from "next/link";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { Logo } from "@/components/shell/logo";
import { PageHeader } from "@/components/shell/page-header";
import { ThemeMenu } from "@/components/shell/theme-menu";
import { signInMessage } from "@/components/sign-in/use-sign-in";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { SkeletonRows } from "@/components/ui/skeleton";
import { AddressCard } from "./address-card";
import { DataCard } from "./data-card";
import { LinkedCard } from "./linked-card";
import { PasskeysCard } from "./passkeys-card";
import { PasswordCard } from "./password-card";
import { ProofProvider } from "./proof";
import { SecondFactorCard } from "./second-factor-card";
import { SessionsCard } from "./sessions-card";
import type { Ways } from "@/server/account/contract";

/** Everything about how a person signs in. It belongs to no workspace. */
export function SecurityPage({ name, providers, problem }: { name: string; providers: Ways["providers"]; problem: string | null }) {
  const trpc = useTRPC();
  const security = useQuery(trpc.account.security.queryOptions());
  return (
    <ProofProvider>
      <header className="flex items-center gap-3 border-b bg-sidebar px-4 py-2 sm:px-6">
        <Logo className="size-7" />
        <Button asChild variant="ghost">
          <Link href="/"><ArrowLeft aria-hidden />Back to your workspaces</Link>
        </Button>
        <div className="ml-auto"><ThemeMenu /></div>
      </header>
      <main>
        <PageHeader title="Profile and security" />
        <div className="mx-auto flex w-full max-w-3xl flex-col gap-4 px-4 py-5 sm:px-6">
          {security.isPending ? <SkeletonRows count={8} /> : security.isError ? (
            <ErrorState error={security.error} retry={() => void security.refetch()} what="your account" />
          ) : (
            <>
              {problem === null ? null : <Alert tone="danger" title={signInMessage(problem)} />}
              <AddressCard name={name} security={security.data} />
              <PasswordCard hasPassword={security.data.hasPassword} email={security.data.email} />
              <SecondFactorCard security={security.data} />
              <PasskeysCard security={security.data} />
              <LinkedCard accounts={security.data.linkedAccounts} providers={providers} />
              <SessionsCard />
              <DataCard email={security.data.email} />
            </>
          )}
        </div>
      </main>
    </ProofProvider>
  );
}

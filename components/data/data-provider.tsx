"use client";

import { QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient } from "@trpc/client";
import { useRouter } from "next/navigation";
import { useState, type ReactNode } from "react";
import { ORGANIZATION_HEADER, WORKSPACE_HEADER } from "@/server/auth/constants";
import type { AppRouter } from "@/server/trpc/root";
import { callLinks } from "./call-links";
import { proofLink } from "./proof-link";
import { OutdatedNotice } from "./outdated-notice";
import { makeQueryClient } from "./query-client";
import { TRPCProvider } from "./trpc";

interface DataProviderProps {
  /** Its slug; null: pages outside of any. */
  workspace: string | null;
  /** Of what is an organization's and no workspace's. */
  organization?: string;
  /** Asks the person to show that it is them; what was to be changed goes on then. */
  prove?: () => Promise<boolean>;
  children: ReactNode;
}

/** Calls and their cache, for one workspace. Two workspaces never share a cache. */
export function DataProvider({ workspace, organization, prove, children }: DataProviderProps) {
  const router = useRouter();
  const [queryClient] = useState(() =>
    makeQueryClient(() => {
      if (workspace === null) return;
      const back = window.location.pathname + window.location.search;
      router.push(`/sign-in?callbackUrl=${encodeURIComponent(back)}`);
    }, prove === undefined ? undefined : () => router.refresh()),
  );
  const [trpcClient] = useState(() =>
    createTRPCClient<AppRouter>({
      links: [
        ...(prove === undefined ? [] : [proofLink(prove)]),
        ...callLinks({
          url: "/api/trpc",
          headers: { ...(workspace === null ? {} : { [WORKSPACE_HEADER]: workspace }), ...(organization === undefined ? {} : { [ORGANIZATION_HEADER]: organization }) },
        }),
      ],
    }),
  );
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
        {children}
        <OutdatedNotice queryClient={queryClient} />
      </TRPCProvider>
    </QueryClientProvider>
  );
}

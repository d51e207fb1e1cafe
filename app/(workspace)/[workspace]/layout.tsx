import { cookies, headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import type { ReactNode } from "react";
import { Banners } from "@/components/announcements/banners";
import { ProvenData } from "@/components/account/proven-data";
import { LiveProvider } from "@/components/live/live-provider";
import { Shell } from "@/components/shell/shell";
import { WorkspaceProvider } from "@/components/shell/workspace-context";
import { bannersFor } from "@/server/announcements/service";
import { viewMe } from "@/server/auth/service";
import { findSession } from "@/server/auth/session";
import { sessionCookieName } from "@/server/auth/session-cookie";

interface Props {
  params: Promise<{ workspace: string }>;
  children: ReactNode;
}

export default async function WorkspaceLayout({ params, children }: Props) {
  const session = await findSession((await cookies()).get(sessionCookieName())?.value);
  if (session === null) redirect(`/sign-in?callbackUrl=${encodeURIComponent((await headers()).get("x-path") ?? "/")}`);
  const { workspace: slug } = await params;
  const { user, workspaces, organizations } = await viewMe(session);
  // A workspace of others is as unknown as one that does not exist.
  const current = workspaces.find((workspace) => workspace.slug === slug);
  if (current === undefined) notFound();
  const banners = await bannersFor(session.userId);
  return (
    <WorkspaceProvider value={{ current, all: workspaces, user, organizations }}>
      <ProvenData key={slug} workspace={slug} why="This gives access that lasts, or changes how people come in.">
        <LiveProvider workspace={slug}>
          <Shell banners={<Banners banners={banners} quotaReached={current.quotaReached} />}>{children}</Shell>
        </LiveProvider>
      </ProvenData>
    </WorkspaceProvider>
  );
}

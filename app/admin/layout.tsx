import { cookies, headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import type { ReactNode } from "react";
import { AdminFrame } from "@/components/admin/admin-frame";
import { DataProvider } from "@/components/data/data-provider";
import { isPlatformAdmin } from "@/server/auth/platform";
import { findSession } from "@/server/auth/session";
import { sessionCookieName } from "@/server/auth/session-cookie";

/** For those who look after the installation; nobody else learns that it is there. */
export default async function AdminLayout({ children }: { children: ReactNode }) {
  const session = await findSession((await cookies()).get(sessionCookieName())?.value);
  if (session === null) redirect(`/sign-in?callbackUrl=${encodeURIComponent((await headers()).get("x-path") ?? "/admin")}`);
  if (!(await isPlatformAdmin(session.userId))) notFound();
  return (
    <DataProvider workspace={null}>
      <AdminFrame user={{ id: session.userId, name: session.name }}>{children}</AdminFrame>
    </DataProvider>
  );
}

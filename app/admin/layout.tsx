import { cookies, headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import type { ReactNode } from "react";
import { ProvenData } from "@/components/account/proven-data";
import { FactorDoor } from "@/components/admin/admin-door";
import { AdminGate } from "@/components/admin/admin-gate";
import { ADMINISTRATION_MINUTES } from "@/server/auth/constants";
import { isPlatformAdmin, lacksFactor } from "@/server/auth/platform";
import { isProven } from "@/server/auth/recent-proof";
import { findSession } from "@/server/auth/session";
import { sessionCookieName } from "@/server/auth/session-cookie";

/** For those who look after the installation and have shown lately that it is them; nobody else learns that it is there. */
export default async function AdminLayout({ children }: { children: ReactNode }) {
  const session = await findSession((await cookies()).get(sessionCookieName())?.value);
  if (session === null) redirect(`/sign-in?callbackUrl=${encodeURIComponent((await headers()).get("x-path") ?? "/admin")}`);
  if (!(await isPlatformAdmin(session.userId))) notFound();
  if (await lacksFactor(session)) return <FactorDoor />;
  return (
    <ProvenData workspace={null} why="This changes something for the whole installation.">
      <AdminGate isOpen={isProven(session, ADMINISTRATION_MINUTES)} user={{ id: session.userId, name: session.name }}>{children}</AdminGate>
    </ProvenData>
  );
}

import type { Metadata } from "next";
import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { SecurityPage } from "@/components/account/security-page";
import { DataProvider } from "@/components/data/data-provider";
import { findSession } from "@/server/auth/session";
import { sessionCookieName } from "@/server/auth/session-cookie";
import { viewWays } from "@/server/auth/ways";

export const metadata: Metadata = { title: "Profile and security" };

interface Props {
  searchParams: Promise<{ error?: string | string[] }>;
}

export default async function Page({ searchParams }: Props) {
  const { error } = await searchParams;
  const session = await findSession((await cookies()).get(sessionCookieName())?.value);
  if (session === null) redirect("/sign-in?callbackUrl=/profile/security");
  return (
    <DataProvider workspace={null}>
      <SecurityPage name={session.name} providers={(await viewWays(await headers())).providers} problem={typeof error === "string" ? error : null} />
    </DataProvider>
  );
}

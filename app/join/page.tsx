import type { Metadata } from "next";
import { cookies } from "next/headers";
import { DataProvider } from "@/components/data/data-provider";
import { Join } from "@/components/people/join";
import { findSession } from "@/server/auth/session";
import { sessionCookieName } from "@/server/auth/session-cookie";

export const metadata: Metadata = { title: "Invitation", referrer: "no-referrer" };

export default async function JoinPage() {
  const session = await findSession((await cookies()).get(sessionCookieName())?.value);
  return (
    <DataProvider workspace={null}>
      <Join email={session?.email ?? null} />
    </DataProvider>
  );
}

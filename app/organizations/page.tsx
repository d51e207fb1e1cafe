import type { Metadata } from "next";
import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { ProvenData } from "@/components/account/proven-data";
import { OrganizationsPage } from "@/components/organizations/organizations-page";
import { viewMe } from "@/server/auth/service";
import { findSession } from "@/server/auth/session";
import { sessionCookieName } from "@/server/auth/session-cookie";

export const metadata: Metadata = { title: "Your organizations" };

export default async function Page() {
  const session = await findSession((await cookies()).get(sessionCookieName())?.value);
  if (session === null) redirect("/sign-in?callbackUrl=/organizations");
  const { workspaces } = await viewMe(session);
  return (
    <ProvenData workspace={null} why="This deletes a whole organization.">
      <OrganizationsPage workspaces={workspaces} />
    </ProvenData>
  );
}

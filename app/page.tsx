import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { NoWorkspace } from "@/components/shell/no-workspace";
import { viewMe } from "@/server/auth/service";
import { findSession } from "@/server/auth/session";
import { sessionCookieName } from "@/server/auth/session-cookie";

export default async function StartPage() {
  const session = await findSession((await cookies()).get(sessionCookieName())?.value);
  if (session === null) redirect("/sign-in");
  const { workspaces, user } = await viewMe(session);
  const [first] = workspaces;
  if (first !== undefined) redirect(`/${first.slug}`);
  return <NoWorkspace email={user.email} />;
}

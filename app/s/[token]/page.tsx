import type { Metadata } from "next";
import { cookies, headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { SharedPage } from "@/components/sharing/shared-page";
import { originOf } from "@/server/auth/request-origin";
import { findSession } from "@/server/auth/session";
import { sessionCookieName } from "@/server/auth/session-cookie";
import { DomainError } from "@/server/errors/domain-error";
import { viewShare } from "@/server/shares/service";

export const metadata: Metadata = { title: "Shared workflow", robots: { index: false } };

interface Props {
  params: Promise<{ token: string }>;
}

export default async function Page({ params }: Props) {
  const { token } = await params;
  const sent = await headers();
  const session = await findSession((await cookies()).get(sessionCookieName())?.value);
  if (session === null) redirect(`/sign-in?callbackUrl=${encodeURIComponent(sent.get("x-path") ?? "/")}`);
  return <SharedPage shared={await view(session, token, originOf(sent))} />;
}

async function view(...given: Parameters<typeof viewShare>) {
  try {
    return await viewShare(...given);
  } catch (error) {
    if (DomainError.is(error, "not_found")) notFound();
    throw error;
  }
}

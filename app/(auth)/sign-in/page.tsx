import type { Metadata } from "next";
import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { EnrolSecondFactor } from "@/components/account/enrol";
import { DataProvider } from "@/components/data/data-provider";
import { AuthFrame } from "@/components/sign-in/auth-frame";
import { OtherWay } from "@/components/sign-in/other-way";
import { SecondFactor } from "@/components/sign-in/second-factor";
import { SignIn } from "@/components/sign-in/sign-in";
import { SsoNeeded } from "@/components/sign-in/sso-needed";
import { viewProofs } from "@/server/auth/account/security";
import { insidePath } from "@/server/auth/inside-path";
import { mayComeToAdd, otherWaysOf } from "@/server/auth/other-way";
import { findAnySession } from "@/server/auth/session";
import { sessionCookieName } from "@/server/auth/session-cookie";
import { viewWays } from "@/server/auth/ways";

export const metadata: Metadata = { title: "Sign in" };

interface Props {
  searchParams: Promise<Record<"token" | "callbackUrl" | "error", string | string[] | undefined>>;
}

const one = (value: string | string[] | undefined) => (typeof value === "string" ? value : null);

/** The door, and what is still missing behind it. */
export default async function SignInPage({ searchParams }: Props) {
  const { token, callbackUrl, error } = await searchParams;
  const next = insidePath(callbackUrl);
  const link = one(token);
  return (
    <DataProvider workspace={null}>
      <AuthFrame>{(link === null ? await unfinished(next, one(error)) : null) ?? <SignIn token={link} next={next} ways={await viewWays(await headers())} problem={one(error)} />}</AuthFrame>
    </DataProvider>
  );
}

async function unfinished(next: string, problem: string | null) {
  const session = await findAnySession((await cookies()).get(sessionCookieName())?.value);
  switch (session?.stage) {
    case undefined:
      return null;
    case "full":
      return redirect(next);
    case "second_factor":
      return <SecondFactor next={next} proofs={await viewProofs(session, await headers())} />;
    case "enrol":
      return <EnrolSecondFactor next={next} />;
    case "sso":
      return <SsoNeeded email={session.email} next={next} />;
    case "other_way":
      return <OtherWay email={session.email} next={next} problem={problem} ways={await viewWays(await headers())} mayAdd={mayComeToAdd(session.method)} {...(await otherWaysOf(session.userId))} />;
  }
}

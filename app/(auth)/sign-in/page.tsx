import type { Metadata } from "next";
import { DataProvider } from "@/components/data/data-provider";
import { SignIn } from "@/components/sign-in/sign-in";

export const metadata: Metadata = { title: "Sign in" };

interface Props {
  searchParams: Promise<{ token?: string | string[]; callbackUrl?: string | string[] }>;
}

export default async function SignInPage({ searchParams }: Props) {
  const { token, callbackUrl } = await searchParams;
  return (
    <DataProvider workspace={null}>
      <SignIn token={typeof token === "string" ? token : null} next={insidePath(callbackUrl)} />
    </DataProvider>
  );
}

/** Only addresses of this installation: a link must not lead a person who just signed in anywhere else. */
function insidePath(callbackUrl: string | string[] | undefined): string {
  if (typeof callbackUrl !== "string") return "/";
  const base = "http://inside.invalid";
  const url = URL.canParse(callbackUrl, base) ? new URL(callbackUrl, base) : null;
  return url?.origin === base && callbackUrl.startsWith("/") ? url.pathname + url.search : "/";
}

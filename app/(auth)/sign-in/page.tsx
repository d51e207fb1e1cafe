import type { Metadata } from "next";
import { DataProvider } from "@/components/data/data-provider";
import { SignIn } from "@/components/sign-in/sign-in";
import { insidePath } from "@/server/auth/inside-path";

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

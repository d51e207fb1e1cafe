import type { Metadata } from "next";
import { SignInPolicyPage } from "@/components/sign-in-policy/sign-in-policy-page";

export const metadata: Metadata = { title: "Sign-in" };

export default function Page() {
  return <SignInPolicyPage />;
}

import type { Metadata } from "next";
import { DataProvider } from "@/components/data/data-provider";
import { AuthFrame } from "@/components/sign-in/auth-frame";
import { ResetPassword } from "@/components/sign-in/reset-password";

export const metadata: Metadata = { title: "New password" };

interface Props {
  searchParams: Promise<{ token?: string | string[] }>;
}

export default async function ResetPasswordPage({ searchParams }: Props) {
  const { token } = await searchParams;
  return (
    <DataProvider workspace={null}>
      <AuthFrame>
        <ResetPassword token={typeof token === "string" ? token : null} />
      </AuthFrame>
    </DataProvider>
  );
}

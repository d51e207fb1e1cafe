import type { Metadata } from "next";
import { DataProvider } from "@/components/data/data-provider";
import { AuthFrame } from "@/components/sign-in/auth-frame";
import { ConfirmEmail } from "@/components/sign-in/confirm-email";

export const metadata: Metadata = { title: "Confirm address" };

interface Props {
  searchParams: Promise<{ token?: string | string[] }>;
}

export default async function ConfirmEmailPage({ searchParams }: Props) {
  const { token } = await searchParams;
  return (
    <DataProvider workspace={null}>
      <AuthFrame>
        <ConfirmEmail token={typeof token === "string" ? token : ""} />
      </AuthFrame>
    </DataProvider>
  );
}

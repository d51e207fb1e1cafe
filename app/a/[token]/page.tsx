import type { Metadata } from "next";
import { LinkAnswer } from "@/components/approvals/link-answer";
import { DataProvider } from "@/components/data/data-provider";

export const metadata: Metadata = { title: "Your answer is needed", robots: { index: false } };

export default async function Page({ params }: { params: Promise<{ token: string }> }) {
  return (
    <DataProvider workspace={null}>
      <LinkAnswer token={(await params).token} />
    </DataProvider>
  );
}

import type { Metadata } from "next";
import { ComparePage } from "@/components/runs/compare-page";

export const metadata: Metadata = { title: "Two runs compared" };

export default async function Page({ params }: { params: Promise<{ id: string; other: string }> }) {
  const { id, other } = await params;
  return <ComparePage runId={id} otherId={other} />;
}

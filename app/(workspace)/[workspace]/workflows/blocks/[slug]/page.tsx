import type { Metadata } from "next";
import { BlockPage } from "@/components/modules/block-page";

export const metadata: Metadata = { title: "Block" };

export default async function Page({ params }: { params: Promise<{ slug: string }> }) {
  return <BlockPage slug={(await params).slug} />;
}

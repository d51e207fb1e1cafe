import type { Metadata } from "next";
import { AdaptersPage } from "@/components/settings/adapters-page";

export const metadata: Metadata = { title: "LLM adapters" };

export default function Page() {
  return <AdaptersPage />;
}

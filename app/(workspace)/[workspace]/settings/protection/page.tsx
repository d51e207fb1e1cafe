import type { Metadata } from "next";
import { ProtectionPage } from "@/components/protection/protection-page";

export const metadata: Metadata = { title: "Protection" };

export default function Page() {
  return <ProtectionPage />;
}

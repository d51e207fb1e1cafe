import type { Metadata } from "next";
import { UsageOfAllPage } from "@/components/admin/usage-of-all-page";

export const metadata: Metadata = { title: "Usage of all" };

export default function Page() {
  return <UsageOfAllPage />;
}

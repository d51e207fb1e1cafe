import type { Metadata } from "next";
import { WorkersOfAllPage } from "@/components/admin/workers-of-all-page";

export const metadata: Metadata = { title: "Workers and queue" };

export default function Page() {
  return <WorkersOfAllPage />;
}

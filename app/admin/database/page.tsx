import type { Metadata } from "next";
import { DatabasePage } from "@/components/admin/database-page";

export const metadata: Metadata = { title: "Database" };

export default function Page() {
  return <DatabasePage />;
}

import type { Metadata } from "next";
import { InstallationAuditPage } from "@/components/admin/installation-audit-page";

export const metadata: Metadata = { title: "Audit log of the installation" };

export default function Page() {
  return <InstallationAuditPage />;
}

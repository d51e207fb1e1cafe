import type { Metadata } from "next";
import { AnnouncementsPage } from "@/components/admin/announcements-page";

export const metadata: Metadata = { title: "Announcements" };

export default function Page() {
  return <AnnouncementsPage />;
}

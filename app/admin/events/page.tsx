import type { Metadata } from "next";
import { EventsPage } from "@/components/admin/events-page";

export const metadata: Metadata = { title: "Schedules and events" };

export default function Page() {
  return <EventsPage />;
}

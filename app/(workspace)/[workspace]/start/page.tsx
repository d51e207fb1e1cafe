import type { Metadata } from "next";
import { StartPage } from "@/components/start/start-page";

export const metadata: Metadata = { title: "Start" };

export default function Page() {
  return <StartPage />;
}

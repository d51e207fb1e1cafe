import type { Metadata } from "next";
import { SingleSignOnPage } from "@/components/single-sign-on/single-sign-on-page";

export const metadata: Metadata = { title: "Single sign-on" };

interface Props {
  searchParams: Promise<{ trial?: string | string[] }>;
}

export default async function Page({ searchParams }: Props) {
  const { trial } = await searchParams;
  return <SingleSignOnPage trial={typeof trial === "string" && trial !== "" ? trial : null} />;
}

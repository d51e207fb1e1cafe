import { redirect } from "next/navigation";

export default async function SettingsStart({ params }: { params: Promise<{ workspace: string }> }) {
  redirect(`/${(await params).workspace}/settings/tokens`);
}

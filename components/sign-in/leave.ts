import { forgetOwn } from "@/components/data/own-storage";

/** Signs out. What that takes is loaded when somebody leaves. */
export async function leave(callbackUrl = "/sign-in"): Promise<void> {
  const { signOut } = await import("next-auth/react");
  forgetOwn();
  await signOut({ callbackUrl });
}

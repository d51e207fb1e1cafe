import { forgetOwn } from "@/components/data/own-storage";
import { toast } from "@/components/ui/toast";

/** Signs out. What that takes is loaded when somebody leaves. */
export async function leave(callbackUrl = "/sign-in"): Promise<void> {
  try {
    const { signOut } = await import("next-auth/react");
    await signOut({ callbackUrl, redirect: false });
  } catch {
    toast.error("The server could not be reached: you are still signed in.");
    return;
  }
  forgetOwn();
  window.location.assign(callbackUrl);
}

"use client";

import type { StartRegistrationOpts } from "@simplewebauthn/browser";
import { useTRPCClient } from "@/components/data/trpc";

type CreationOptions = StartRegistrationOpts["optionsJSON"];

/** Has the device make a passkey and keeps it under a name. Null: the device made none. */
export function useNewPasskey() {
  const client = useTRPCClient();
  return async (name: string) => {
    const optionsJSON = (await client.account.beginPasskey.mutate()) as CreationOptions;
    const { startRegistration } = await import("@simplewebauthn/browser");
    const response = await startRegistration({ optionsJSON }).catch(() => null);
    return response === null ? null : client.account.finishPasskey.mutate({ name, response: { ...response } });
  };
}

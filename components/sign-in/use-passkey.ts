"use client";

import type { StartAuthenticationOpts } from "@simplewebauthn/browser";
import { useTRPCClient } from "@/components/data/trpc";
import { readRefusal } from "@/components/data/problem";

type RequestOptions = StartAuthenticationOpts["optionsJSON"];

/** Asks the device for a passkey of this installation; its answer as JSON. Throws with a sentence for people. */
export function usePasskey(): () => Promise<string> {
  const client = useTRPCClient();
  return async () => {
    const [{ startAuthentication }, optionsJSON] = await Promise.all([import("@simplewebauthn/browser"), askServer(() => client.signIn.passkeyOptions.mutate())]);
    try {
      return JSON.stringify(await startAuthentication({ optionsJSON: optionsJSON as RequestOptions }));
    } catch (error) {
      throw new Error("No passkey was shown. Try again, or use another way.", { cause: error });
    }
  };
}

async function askServer<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    throw new Error(readRefusal(error).message, { cause: error });
  }
}

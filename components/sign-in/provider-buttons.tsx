"use client";

import { signIn } from "next-auth/react";
import { Button } from "@/components/ui/button";
import type { Ways } from "@/server/account/contract";

export function ProviderButtons({ providers, next }: { providers: Ways["providers"]; next: string }) {
  return providers.map(({ id, name }) => (
    <Button key={id} onClick={() => void signIn(id, { callbackUrl: next })}>
      Continue with {name}
    </Button>
  ));
}

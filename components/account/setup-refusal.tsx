import { readRefusal } from "@/components/data/problem";
import { leave } from "@/components/sign-in/leave";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";

/** A sign-in of some time ago counts too little here, and what would confirm it is what is being set up. */
export function SetupRefusal({ error }: { error: unknown }) {
  const refusal = readRefusal(error);
  if (refusal.kind !== "proof_needed") return <Alert tone="danger" title={refusal.message} />;
  return <Alert tone="warning" title="Your sign-in is a while ago" actions={<Button onClick={() => void leave()}>Sign in again</Button>}>Sign in once more, then go on here.</Alert>;
}

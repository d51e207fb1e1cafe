import { toast } from "@/components/ui/toast";
import type { RouterOutputs } from "@/components/data/trpc";

/** How sending something at once went. */
export function tellOutcome({ status, error }: RouterOutputs["alerts"]["testChannel"]): void {
  if (status === "sent") toast("It was sent.");
  else toast.error(error === null ? "It was not sent." : `It was not sent: ${error}`);
}

import type { RouterOutputs } from "@/components/data/trpc";

/** An approval as it arrives, with its answers and who was asked. */
export type ApprovalView = RouterOutputs["waits"]["get"];

import { z } from "zod";
import { momentSchema } from "@/server/paging/contract";

export const rotationStateSchema = z.object({
  /** Since when the present key seals; null: nothing was sealed yet. */
  since: momentSchema.nullable(),
  /** Values that are still sealed with an earlier key. */
  left: z.int(),
});
export type RotationState = z.output<typeof rotationStateSchema>;

export interface Resealed {
  resealed: number;
  /** `table id` of what does not open, and therefore stays as it is. */
  broken: string[];
}

import type { z } from "zod";
import { FINAL_RUN_STATUSES, RUN_STATUSES } from "@/server/runs/constants";
import type { runFilterSchema } from "@/server/runs/contract";
import type { BulkAction } from "./contract";

export type MeantFilter = z.output<typeof runFilterSchema>;

const MEANT: Readonly<Record<BulkAction, readonly (typeof RUN_STATUSES)[number][]>> = {
  cancel: RUN_STATUSES.filter((status) => !(FINAL_RUN_STATUSES as readonly string[]).includes(status)),
  failure: ["failed"],
  rerun: RUN_STATUSES,
};

/** Those of the filter that the action is about; null: none can be. */
export function meantRuns(action: BulkAction, filter: MeantFilter): MeantFilter | null {
  const asked = filter.status === undefined || filter.status.length === 0 ? RUN_STATUSES : filter.status;
  const status = asked.filter((one) => MEANT[action].includes(one));
  if (status.length === 0) return null;
  return status.length === RUN_STATUSES.length ? { ...filter, status: undefined } : { ...filter, status: [...status] };
}

/** Label of the runs of a batch: its name. */
export const BATCH_LABEL = "batch";

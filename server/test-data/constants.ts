/** Label of a run that tests one step: its id. */
export const STEP_LABEL = "step";

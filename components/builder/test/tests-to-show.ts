import { STEP_LABEL } from "@/server/test-data/constants";

/** How many tests of single steps are looked at beside the run of the whole workflow. */
const STEP_TESTS_SHOWN = 8;

interface ListedTest {
  id: string;
  labels: Readonly<Record<string, string>>;
}

/** A run whose data was asked for. */
export interface ChosenRun {
  runId: string;
  /** The newest test when it was chosen: only those of single steps that came later tell more than it does. */
  after: string | null;
}

/**
 * Of the tests, the newest first: the last one of every single step that is newer than the run of the whole workflow, and that run. It is the
 * last test of the draft unless another is chosen, which may be any run of the workflow.
 */
export function testsToShow(tests: readonly ListedTest[], chosen: ChosenRun | null): { id: string; root: string | null }[] {
  const base = chosen?.runId ?? tests.find(({ labels }) => labels[STEP_LABEL] === undefined)?.id ?? null;
  const place = tests.findIndex(({ id }) => id === (chosen?.after ?? base));
  const newer = (place === -1 ? tests : tests.slice(0, place)).filter(({ labels }) => labels[STEP_LABEL] !== undefined);
  const latest = newer.filter(({ labels }, index) => newer.findIndex((other) => other.labels[STEP_LABEL] === labels[STEP_LABEL]) === index);
  return [...latest.slice(0, STEP_TESTS_SHOWN).map(({ id, labels }) => ({ id, root: labels[STEP_LABEL] ?? null })), ...(base === null ? [] : [{ id: base, root: null }])];
}

import type { Scenario } from "./scenario";
import { demo } from "./scenarios/demo";
import { empty } from "./scenarios/empty";
import { manyRuns } from "./scenarios/many-runs";

export const SCENARIOS = { empty, demo, "many-runs": manyRuns } as const satisfies Record<string, Scenario>;

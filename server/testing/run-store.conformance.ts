import { afterAll, afterEach, beforeAll } from "vitest";
import { describeClaims } from "@/server/testing/conformance/claims";
import { describeContainers } from "@/server/testing/conformance/containers";
import { describeFailures } from "@/server/testing/conformance/failures";
import { describeFlow } from "@/server/testing/conformance/flow";
import { describeFullNodes } from "@/server/testing/conformance/full-nodes";
import { describeLimits } from "@/server/testing/conformance/limits";
import { describePools } from "@/server/testing/conformance/pools";
import { describeRefusals } from "@/server/testing/conformance/refusals";
import { describeSteps } from "@/server/testing/conformance/steps";
import { describeTakeovers } from "@/server/testing/conformance/takeovers";
import { describeTurns } from "@/server/testing/conformance/turns";
import { describeWaits } from "@/server/testing/conformance/waits";
import { Conformance, type StoreHarness } from "@/server/testing/conformance/suite";
import { WorkerWorld } from "@/server/testing/worker-world";

/** What every `RunStore` keeps, tried through the worker. */
export function describeRunStore(open: () => Promise<StoreHarness>): void {
  const suite = new Conformance();
  beforeAll(async () => {
    suite.world = new WorkerWorld();
    suite.harness = await open();
    Object.assign(suite.world, suite.harness.home);
  });
  afterEach(() => suite.stopWorkers());
  afterAll(async () => {
    await suite.harness.close();
    await suite.world.close();
  });
  describeSteps(suite);
  describeContainers(suite);
  describeFailures(suite);
  describeWaits(suite);
  describeClaims(suite);
  describeLimits(suite);
  describeFlow(suite);
  describeFullNodes(suite);
  describeTurns(suite);
  describePools(suite);
  describeTakeovers(suite);
  describeRefusals(suite);
}

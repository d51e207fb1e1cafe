import { closeConnections } from "@/server/db/client";
import { dispatchFacts, followRuns } from "@/server/facts/service";

/** One look at ended runs and facts, until it is done or dies. */
await followRuns();
await dispatchFacts();
await closeConnections();
process.exit(0);

import { closeConnections } from "@/server/db/client";
import { dispatchFacts, followRuns } from "@/server/facts/service";
import { untilDispatched } from "@/server/triggers/dispatch";

/** One look at ended runs and facts, and what they start, until it is done or dies. */
await followRuns();
await dispatchFacts();
await untilDispatched();
await closeConnections();
process.exit(0);

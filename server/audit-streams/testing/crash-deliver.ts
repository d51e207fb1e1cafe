import { deliverStreams } from "@/server/audit-streams/service";
import { closeConnections } from "@/server/db/client";

/** Sends what is due, until it is done or dies. */
await deliverStreams();
await closeConnections();
process.exit(0);

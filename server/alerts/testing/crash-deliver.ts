import { closeConnections } from "@/server/db/client";
import { deliverDue } from "@/server/alerts/service";

/** Sends what is due, until it is done or dies. */
await deliverDue();
await closeConnections();
process.exit(0);

import { closeConnections } from "@/server/db/client";
import { workOnDue } from "@/server/retention/runtime";

/** Removes what is over, until it is done or dies. */
await workOnDue();
await closeConnections();
process.exit(0);

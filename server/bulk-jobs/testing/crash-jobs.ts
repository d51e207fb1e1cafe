import { workOnBulkJobs } from "@/server/bulk-jobs/service";
import { closeConnections } from "@/server/db/client";

/** Works on jobs, until none is due or it dies. */
await workOnBulkJobs();
await closeConnections();
process.exit(0);

import { closeConnections } from "@/server/db/client";
import { untilDispatched } from "@/server/triggers/dispatch";
import { fireSchedules } from "@/server/triggers/fire-schedules";

/** Ticks as often as it is told, without a pause. */
for (let n = 0; n < Number(process.argv[2]); n++) await fireSchedules();
await untilDispatched();
await closeConnections();
process.exit(0);

import { cronResponse } from "@/server/scheduler/cron";

export { cronResponse as POST };

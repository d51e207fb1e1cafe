import { cronResponse } from "@/server/scheduler/cron";

// Vercel calls with GET.
export { cronResponse as GET, cronResponse as POST };

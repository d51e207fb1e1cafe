import { ensureFirstAdmin } from "@/server/auth/first-admin";

const created = await ensureFirstAdmin();
process.send?.({ signInUrl: created?.signInUrl ?? null }, () => process.exit(0));

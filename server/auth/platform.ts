import { rawDb } from "@/server/db/client";

/** Whether somebody looks after the installation. */
export async function isPlatformAdmin(userId: string): Promise<boolean> {
  return (await rawDb().platformAdmin.count({ where: { userId, user: { disabledAt: null } } })) > 0;
}

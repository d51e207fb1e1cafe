import { z } from "zod";
import { platformProcedure, router, signedInProcedure } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

const ok = z.object({ ok: z.literal(true) });

export const announcementsRouter = router({
  list: platformProcedure.output(z.array(contract.announcementSchema)).query(() => service.listAnnouncements()),
  save: platformProcedure.input(contract.saveAnnouncementInput).output(ok).mutation(({ ctx, input }) => service.saveAnnouncement(ctx, input)),
  remove: platformProcedure.input(contract.announcementRef).output(ok).mutation(({ ctx, input }) => service.removeAnnouncement(ctx, input)),
  dismiss: signedInProcedure.input(contract.announcementRef).output(ok).mutation(({ ctx, input }) => service.dismissBanner(ctx.session.userId, input.announcementId)),
});

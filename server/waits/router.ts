import { z } from "zod";
import { procedure, publicProcedure, router } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

export const waitsRouter = router({
  list: procedure("run:read")
    .input(contract.listWaitsInput)
    .output(contract.waitPageSchema)
    .query(({ ctx, input }) => service.listWaits(ctx, input)),
  mine: procedure("wait:answer")
    .input(contract.myWaitsInput)
    .output(contract.waitPageSchema)
    .query(({ ctx, input }) => service.listMyWaits(ctx, input)),
  others: procedure("run:read")
    .input(contract.myWaitsInput)
    .output(contract.waitPageSchema)
    .query(({ ctx, input }) => service.listOthersWaits(ctx, input)),
  answered: procedure("run:read")
    .input(contract.myWaitsInput)
    .output(contract.answeredPageSchema)
    .query(({ ctx, input }) => service.listAnsweredWaits(ctx, input)),
  counts: procedure("run:read")
    .output(contract.waitCountsSchema)
    .query(({ ctx }) => service.countOpenWaits(ctx)),
  get: procedure("run:read")
    .input(contract.waitRefInput)
    .output(contract.waitDetailSchema)
    .query(({ ctx, input }) => service.getWait(ctx, input)),
  answer: procedure("wait:answer")
    .input(contract.answerWaitInput)
    .output(contract.answerWaitOutput)
    .mutation(({ ctx, input }) => service.answerWait(ctx, input)),
  createLink: procedure("wait:answer")
    .input(contract.createLinkInput)
    .output(contract.createLinkOutput)
    .mutation(({ ctx, input }) => service.createLink(ctx, input)),
  links: procedure("wait:answer")
    .input(contract.waitRefInput)
    .output(z.array(contract.openLinkSchema))
    .query(({ ctx, input }) => service.listLinks(ctx, input)),
  revokeLink: procedure("wait:answer")
    .input(contract.revokeLinkInput)
    .output(z.object({ ok: z.literal(true) }))
    .mutation(({ ctx, input }) => service.revokeLink(ctx, input)),
  /** The page /a/<token>: no session, the token is the right to answer. */
  link: publicProcedure
    .input(contract.linkRefInput)
    .output(contract.linkViewSchema)
    .query(async ({ ctx, input }) => service.viewLink({ origin: ctx.origin, session: await ctx.findSession() }, input)),
  answerLink: publicProcedure
    .input(contract.answerLinkInput)
    .output(contract.answerWaitOutput)
    .mutation(({ ctx, input }) => service.answerLink(ctx, input)),
});

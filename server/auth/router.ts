import { limitedProcedure, router, signedInProcedure } from "@/server/trpc/init";
import * as contract from "./contract";
import { viewSignInLink } from "./sign-in-links";
import { viewMe } from "./service";

export const meRouter = router({
  get: signedInProcedure.output(contract.meSchema).query(({ ctx }) => viewMe(ctx.session)),
  /** What the sign-in page needs to know of a link before it is used. */
  signInLink: limitedProcedure("viewSignInLinkByAddress")
    .input(contract.signInLinkInput)
    .output(contract.signInLinkView)
    .query(({ input }) => viewSignInLink(input.token)),
});

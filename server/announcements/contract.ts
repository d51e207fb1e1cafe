import { z } from "zod";
import { momentSchema } from "@/server/paging/contract";
import { AUDIENCES, LEVELS, MAX_ANNOUNCEMENT_LENGTH } from "./constants";

export const bannerSchema = z.object({ id: z.string(), text: z.string(), level: z.enum(LEVELS) });
export type Banner = z.output<typeof bannerSchema>;

export const announcementSchema = bannerSchema.extend({
  audience: z.enum(AUDIENCES),
  organization: z.object({ id: z.string(), name: z.string() }).nullable(),
  startsAt: momentSchema,
  endsAt: momentSchema.nullable(),
  dismissals: z.int(),
});
export type AnnouncementView = z.output<typeof announcementSchema>;

const fields = {
  text: z.string().trim().min(1, "must not be empty").max(MAX_ANNOUNCEMENT_LENGTH).regex(/^\P{Cc}*$/u, "must be one line"),
  level: z.enum(LEVELS).default("info"),
  audience: z.enum(AUDIENCES).default("everybody"),
  organizationId: z.uuid().nullable().default(null),
  /** Null: now. */
  startsAt: momentSchema.nullable().default(null),
  endsAt: momentSchema.nullable().default(null),
};
export const saveAnnouncementInput = z
  .object({ id: z.uuid().nullable().default(null), ...fields })
  .refine(({ audience, organizationId }) => (audience === "organization") === (organizationId !== null), { path: ["organizationId"], message: "is named for the people of one organization, and only for them" })
  .refine(({ startsAt, endsAt }) => endsAt === null || Date.parse(endsAt) > Math.max(Date.now(), startsAt === null ? 0 : Date.parse(startsAt)), { path: ["endsAt"], message: "must be after the beginning, and not over yet" });
export const announcementRef = z.object({ announcementId: z.uuid() });

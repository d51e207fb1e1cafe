import { z } from "zod";
import { procedure, router } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

const ok = z.object({ ok: z.literal(true) });

export const alertsRouter = router({
  rules: procedure("settings:read").output(z.array(contract.ruleSchema)).query(({ ctx }) => service.listRules(ctx)),
  createRule: procedure("settings:write").input(contract.createRuleInput).output(contract.ruleSchema).mutation(({ ctx, input }) => service.createRule(ctx, input)),
  updateRule: procedure("settings:write").input(contract.updateRuleInput).output(contract.ruleSchema).mutation(({ ctx, input }) => service.updateRule(ctx, input)),
  removeRule: procedure("settings:write").input(contract.ruleRefInput).output(ok).mutation(({ ctx, input }) => service.removeRule(ctx, input)),
  channels: procedure("settings:read").output(z.array(contract.channelSchema)).query(({ ctx }) => service.listChannels(ctx)),
  createChannel: procedure("settings:write").input(contract.createChannelInput).output(contract.createdChannelSchema).mutation(({ ctx, input }) => service.createChannel(ctx, input)),
  updateChannel: procedure("settings:write").input(contract.updateChannelInput).output(contract.channelSchema).mutation(({ ctx, input }) => service.updateChannel(ctx, input)),
  removeChannel: procedure("settings:write").input(contract.channelRefInput).output(ok).mutation(({ ctx, input }) => service.removeChannel(ctx, input)),
  testChannel: procedure("settings:write").input(contract.channelRefInput).output(contract.outcomeSchema).mutation(({ ctx, input }) => service.testChannel(ctx, input)),
  deliveries: procedure("settings:read").input(contract.listDeliveriesInput).output(contract.deliveryPageSchema).query(({ ctx, input }) => service.listDeliveries(ctx, input)),
  retryDelivery: procedure("settings:write").input(contract.deliveryRefInput).output(contract.outcomeSchema).mutation(({ ctx, input }) => service.retryDelivery(ctx, input)),
  settings: procedure("settings:read").output(contract.alertSettingsSchema).query(({ ctx }) => service.getAlertSettings(ctx)),
  setHandlers: procedure("settings:write").input(contract.handlersSettingSchema).output(contract.alertSettingsSchema).mutation(({ ctx, input }) => service.setHandlers(ctx, input)),
  setMail: procedure("settings:write").input(contract.setMailInput).output(contract.alertSettingsSchema).mutation(({ ctx, input }) => service.setMail(ctx, input.mail)),
  testMail: procedure("settings:write").input(contract.testMailInput).output(contract.outcomeSchema).mutation(({ ctx, input }) => service.testMail(ctx, input)),
  setRoles: procedure("settings:write").input(contract.rolePreferencesSchema).output(contract.alertSettingsSchema).mutation(({ ctx, input }) => service.setRoles(ctx, input)),
  inbox: procedure("run:read").input(contract.listInboxInput).output(contract.inboxPageSchema).query(({ ctx, input }) => service.listInbox(ctx, input)),
  unread: procedure("run:read").output(contract.unreadSchema).query(({ ctx }) => service.countUnread(ctx)),
  markRead: procedure("run:read").input(contract.markReadInput).output(contract.markedSchema).mutation(({ ctx, input }) => service.markRead(ctx, input)),
  preferences: procedure("run:read").output(contract.preferencesSchema).query(({ ctx }) => service.getPreferences(ctx)),
  setPreference: procedure("run:read").input(contract.setPreferenceInput).output(contract.preferencesSchema).mutation(({ ctx, input }) => service.setPreference(ctx, input)),
});

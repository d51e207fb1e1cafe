import { procedure, router } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

export const triggersRouter = router({
  list: procedure("trigger:read").input(contract.listTriggersInput).output(contract.triggerPageSchema).query(({ ctx, input }) => service.listTriggers(ctx, input)),
  get: procedure("trigger:read").input(contract.triggerRefInput).output(contract.triggerDetailSchema).query(({ ctx, input }) => service.getTrigger(ctx, input)),
  create: procedure("trigger:write").input(contract.createTriggerInput).output(contract.triggerDetailSchema).mutation(({ ctx, input }) => service.createTrigger(ctx, input)),
  update: procedure("trigger:write").input(contract.updateTriggerInput).output(contract.triggerDetailSchema).mutation(({ ctx, input }) => service.updateTrigger(ctx, input)),
  delete: procedure("trigger:write").input(contract.triggerRefInput).output(contract.deletedTriggerSchema).mutation(({ ctx, input }) => service.deleteTrigger(ctx, input)),
  setMode: procedure("trigger:operate").input(contract.setModeInput).output(contract.triggerDetailSchema).mutation(({ ctx, input }) => service.setTriggerMode(ctx, input)),
  pause: procedure("trigger:operate").input(contract.pauseInput).output(contract.triggerDetailSchema).mutation(({ ctx, input }) => service.pauseTrigger(ctx, input)),
  resume: procedure("trigger:operate").input(contract.triggerRefInput).output(contract.triggerDetailSchema).mutation(({ ctx, input }) => service.resumeTrigger(ctx, input)),
  rotateToken: procedure("trigger:write").input(contract.triggerRefInput).output(contract.triggerDetailSchema).mutation(({ ctx, input }) => service.rotateToken(ctx, input)),
  pollNow: procedure("trigger:operate").input(contract.pollNowInput).output(contract.triggerDetailSchema).mutation(({ ctx, input }) => service.pollNow(ctx, input)),
  events: procedure("trigger:read").input(contract.listEventsInput).output(contract.eventPageSchema).query(({ ctx, input }) => service.listEvents(ctx, input)),
  event: procedure("trigger:read").input(contract.eventRefInput).output(contract.eventDetailSchema).query(({ ctx, input }) => service.getEvent(ctx, input)),
  resend: procedure("trigger:operate").input(contract.eventRefInput).output(contract.resentSchema).mutation(({ ctx, input }) => service.resendEvent(ctx, input)),
  capture: procedure("trigger:operate").input(contract.captureInput).output(contract.captureOutput).mutation(({ ctx, input }) => service.captureNext(ctx, input)),
  stepSource: procedure("trigger:read").input(contract.stepRefInput).output(contract.stepSourceSchema).query(({ ctx, input }) => service.sourceOfStep(ctx, input)),
  listenToStep: procedure("trigger:operate").input(contract.stepRefInput).output(contract.stepSourceSchema).mutation(({ ctx, input }) => service.listenToStep(ctx, input)),
  release: procedure("trigger:operate").input(contract.triggerRefInput).output(contract.countSchema).mutation(({ ctx, input }) => service.releaseHeld(ctx, input)),
  discard: procedure("trigger:operate").input(contract.triggerRefInput).output(contract.countSchema).mutation(({ ctx, input }) => service.discardHeld(ctx, input)),
  leftovers: procedure("settings:read").output(contract.leftoversSchema).query(({ ctx }) => service.listLeftovers(ctx)),
  takeAwayAgain: procedure("trigger:operate").input(contract.triggerRefInput).output(contract.countSchema).mutation(({ ctx, input }) => service.takeAwayAgain(ctx, input)),
  settings: procedure("settings:read").output(contract.inboxSettingsSchema).query(({ ctx }) => service.getInboxSettings(ctx)),
  unknownCalls: procedure("settings:read").output(contract.unknownCallsSchema).query(() => service.listUnknownCalls()),
  setSettings: procedure("settings:write").input(contract.inboxSettingsSchema).output(contract.inboxSettingsSchema).mutation(({ ctx, input }) => service.setInboxSettings(ctx, input)),
});

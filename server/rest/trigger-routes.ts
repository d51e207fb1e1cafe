import * as contract from "@/server/triggers/contract";
import * as service from "@/server/triggers/service";
import { route } from "./route";

const tag = "Triggers";

export const triggerRoutes = [
  route("GET /triggers", {
    tag, permission: "trigger:read", summary: "List triggers, the newest first",
    input: contract.listTriggersInput, output: contract.triggerPageSchema,
    handle: (context, input) => service.listTriggers(context, input),
  }),
  route("GET /triggers/{triggerId}", {
    tag, permission: "trigger:read", summary: "A trigger with its settings; its address too for who may operate it",
    input: contract.triggerRefInput, output: contract.triggerDetailSchema,
    handle: (context, input) => service.getTrigger(context, input),
  }),
  route("PUT /triggers/{triggerId}/mode", {
    tag, permission: "trigger:operate", summary: "Enable, suspend or disable a trigger",
    input: contract.setModeInput, output: contract.triggerDetailSchema,
    handle: (context, input) => service.setTriggerMode(context, input),
  }),
  route("PUT /triggers/{triggerId}/pause", {
    tag, permission: "trigger:operate", summary: "Pause a trigger until a moment; what comes meanwhile is held, or refused",
    input: contract.pauseInput, output: contract.triggerDetailSchema,
    handle: (context, input) => service.pauseTrigger(context, input),
  }),
  route("DELETE /triggers/{triggerId}/pause", {
    tag, permission: "trigger:operate", summary: "Let a paused trigger go on now",
    input: contract.triggerRefInput, output: contract.triggerDetailSchema,
    handle: (context, input) => service.resumeTrigger(context, input),
  }),
];

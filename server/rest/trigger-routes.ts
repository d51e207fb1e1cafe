import { toPlain } from "@/server/expressions/plain";
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
  route("POST /triggers", {
    tag, permission: "trigger:write", summary: "Make a trigger beside a workflow, without publishing", status: 201, statuses: { 201: "Made" },
    input: contract.createTriggerInput, output: contract.triggerDetailSchema,
    handle: (context, input) => service.createTrigger(context, input),
  }),
  route("PATCH /triggers/{triggerId}", {
    tag, permission: "trigger:write", summary: "Change a trigger that no published step declares; config and settings replace those before",
    input: contract.updateTriggerInput, output: contract.triggerDetailSchema,
    handle: (context, input) => service.updateTrigger(context, input),
  }),
  route("DELETE /triggers/{triggerId}", {
    tag, permission: "trigger:write", summary: "Delete a trigger; what is `left` at another server is taken away later",
    input: contract.triggerRefInput, output: contract.deletedTriggerSchema,
    handle: (context, input) => service.deleteTrigger(context, input),
  }),
  route("POST /triggers/{triggerId}/token", {
    tag, permission: "trigger:write", summary: "Give a trigger a new address; the one before stops working at once",
    input: contract.triggerRefInput, output: contract.triggerDetailSchema,
    handle: (context, input) => service.rotateToken(context, input),
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
  route("POST /triggers/{triggerId}/look", {
    tag, permission: "trigger:operate", summary: "Let a poller look now, with `startOver` as if it had seen nothing", status: 202, statuses: { 202: "Requested" },
    input: contract.pollNowInput, output: contract.triggerDetailSchema,
    handle: (context, input) => service.pollNow(context, input),
  }),
  route("PUT /triggers/{triggerId}/capture", {
    tag, permission: "trigger:operate", summary: "Keep the next event for tests of the draft: it starts no run",
    input: contract.triggerRefInput, output: contract.captureOutput,
    handle: (context, { triggerId }) => service.captureNext(context, { triggerId, listen: true }),
  }),
  route("DELETE /triggers/{triggerId}/capture", {
    tag, permission: "trigger:operate", summary: "Wait for no test event any more",
    input: contract.triggerRefInput, output: contract.captureOutput,
    handle: (context, { triggerId }) => service.captureNext(context, { triggerId, listen: false }),
  }),
  route("POST /triggers/{triggerId}/held/release", {
    tag, permission: "trigger:operate", summary: "Let held events become runs, the oldest first", status: 202, statuses: { 202: "Released" },
    input: contract.triggerRefInput, output: contract.countSchema,
    handle: (context, input) => service.releaseHeld(context, input),
  }),
  route("POST /triggers/{triggerId}/held/discard", {
    tag, permission: "trigger:operate", summary: "Discard held events: no run comes of them",
    input: contract.triggerRefInput, output: contract.countSchema,
    handle: (context, input) => service.discardHeld(context, input),
  }),
  route("GET /triggers/{triggerId}/events", {
    tag, permission: "trigger:read", summary: "Events of a trigger, the newest first, with what became of each",
    input: contract.listEventsInput, output: contract.eventPageSchema,
    handle: (context, input) => service.listEvents(context, input),
  }),
  route("GET /trigger-events/{eventId}", {
    tag, permission: "trigger:read", summary: "One event with headers, body, and the input that was made of it",
    input: contract.eventRefInput, output: contract.eventDetailSchema,
    handle: async (context, input) => {
      const event = await service.getEvent(context, input);
      return { ...event, value: toPlain(event.value), input: toPlain(event.input) };
    },
  }),
  route("POST /trigger-events/{eventId}/resend", {
    tag, permission: "trigger:operate", summary: "Take an event in once more, as a new one with a run of its own", status: 202, statuses: { 202: "Taken in" },
    input: contract.eventRefInput, output: contract.resentSchema,
    handle: (context, input) => service.resendEvent(context, input),
  }),
];

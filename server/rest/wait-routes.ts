import * as contract from "@/server/waits/contract";
import * as service from "@/server/waits/service";
import { route } from "./route";

const tag = "Waits";

export const waitRoutes = [
  route("GET /waits", {
    tag, permission: "run:read", summary: "What runs wait for",
    input: contract.listWaitsInput, output: contract.waitPageSchema,
    handle: (context, input) => service.listWaits(context, input),
  }),
  route("GET /waits/{waitId}", {
    tag, permission: "run:read", summary: "A wait with the answers given so far",
    input: contract.waitRefInput, output: contract.waitDetailSchema,
    handle: (context, input) => service.getWait(context, input),
  }),
  route("POST /waits/{waitId}/resume", {
    tag, permission: "wait:answer", summary: "End a wait for a signal with a payload, or answer an approval",
    input: contract.resumeWaitInput, output: contract.answerWaitOutput,
    handle: (context, input) => service.resumeWait(context, input),
  }),
  route("POST /waits/{waitId}/links", {
    tag, permission: "wait:answer", summary: "A single-use link that answers this approval without signing in", status: 201,
    input: contract.createLinkInput, output: contract.createLinkOutput,
    handle: (context, input) => service.createLink(context, input),
  }),
];

import type { PlatformEvent } from "@/server/facts/contract";

export type Severity = "error" | "warning" | "info" | "success";

export interface Wording {
  severity: Severity;
  title: string;
  text: string;
}

const MAX_TITLE = 200;
const MAX_TEXT = 2_000;

/** How a person is told. Names and messages are what people wrote: they are shown as text, everywhere. */
export function wordingOf(event: PlatformEvent, failures = 1): Wording {
  const { severity, title, text } = words(event, failures);
  return { severity, title: cut(title, MAX_TITLE), text: cut(text, MAX_TEXT) };
}

/** Of a rule about a part of the workspace. */
function ofPlace({ queue }: PlatformEvent): string {
  return queue?.place == null ? "" : `of ${queue.place} `;
}

function words(event: PlatformEvent, failures: number): Wording {
  const workflow = event.workflow?.name ?? "A workflow";
  const trigger = event.trigger?.name ?? "A trigger";
  switch (event.event) {
    case "runFailed":
      return { severity: "error", title: failures > 1 ? `${workflow} failed ${failures} times in a row` : `${workflow} failed`, text: faultOf(event) };
    case "runSucceeded":
      return { severity: "success", title: `${workflow} works again`, text: "A run succeeded after the last failure." };
    case "approvalRequested":
      return { severity: "info", title: `Your answer is asked for: ${event.approval?.title ?? ""}`, text: `${workflow} waits for it.${untilOf(event)}` };
    case "approvalReminded":
      return { severity: "warning", title: `Still waiting for your answer: ${event.approval?.title ?? ""}`, text: `${workflow} waits for it.${untilOf(event)}` };
    case "approvalExpired":
      return { severity: "warning", title: `Nobody answered in time: ${event.approval?.title ?? ""}`, text: `${workflow} goes on through the port expired.` };
    case "triggerError":
      return { severity: "error", title: `The trigger ${trigger} of ${workflow} is in trouble`, text: event.error?.message ?? "" };
    case "triggerRecovered":
      return { severity: "success", title: `The trigger ${trigger} of ${workflow} works again`, text: "" };
    case "scheduleMissed": {
      const count = event.schedule?.count ?? 1;
      return { severity: "warning", title: count > 1 ? `The schedule ${trigger} of ${workflow} missed ${count} slots` : `The schedule ${trigger} of ${workflow} missed a slot`, text: [spanOf(event), event.error?.message ?? ""].filter((part) => part !== "").join(": ") };
    }
    case "workerLost":
      return { severity: "error", title: `The worker ${event.worker?.name ?? ""} is lost`, text: `It has said nothing since ${event.worker?.heartbeatAt ?? ""}. Its runs go on elsewhere.` };
    case "queueOld":
      return { severity: "warning", title: `Runs ${ofPlace(event)}wait long in the queue`, text: `The oldest has waited for ${Math.round(event.queue?.oldestSeconds ?? 0)} s; the limit is ${event.queue?.limitSeconds ?? 0} s.` };
    case "quotaWarning":
    case "quotaReached":
      return { severity: event.event === "quotaReached" && event.quota?.isHard === true ? "error" : "warning", title: event.quota?.says ?? "", text: event.quota?.text ?? "" };
    case "queueRecovered":
      return { severity: "success", title: event.queue?.place == null ? "The queue is short again" : `Runs ${ofPlace(event)}wait no longer than they may`, text: "" };
  }
}

function spanOf({ schedule }: PlatformEvent): string {
  return [schedule?.slot, schedule?.until].filter((part) => part != null).join(" to ");
}

function faultOf({ error }: PlatformEvent): string {
  if (error === null) return "";
  const message = error.message === "" ? error.code : error.message;
  return error.node === null ? message : `${error.node.name}: ${message}`;
}

function untilOf({ approval }: PlatformEvent): string {
  return approval?.until == null ? "" : ` It can be given until ${approval.until}.`;
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 2)} …`;
}

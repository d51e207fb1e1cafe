import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CirclePause,
  CircleSlash,
  LoaderCircle,
  OctagonPause,
  type LucideIcon,
} from "lucide-react";

/** Every status of runs and step runs. Colour and icon both tell it, so that neither is needed alone. */
export const STATUSES = ["queued", "running", "waiting", "blocked", "succeeded", "failed", "cancelled", "skipped"] as const;
export type Status = (typeof STATUSES)[number];

interface Look {
  label: string;
  icon: LucideIcon;
  text: string;
  soft: string;
  bar: string;
  ring: string;
}

export const STATUS_LOOK: Readonly<Record<Status, Look>> = {
  queued: {
    label: "Queued",
    icon: CircleDashed,
    text: "text-status-queued",
    soft: "border-status-queued/40 bg-status-queued/10",
    bar: "bg-status-queued",
    ring: "border-status-queued/60",
  },
  running: {
    label: "Running",
    icon: LoaderCircle,
    text: "text-status-running",
    soft: "border-status-running/40 bg-status-running/10",
    bar: "bg-status-running",
    ring: "border-status-running",
  },
  waiting: {
    label: "Waiting",
    icon: CirclePause,
    text: "text-status-waiting",
    soft: "border-status-waiting/40 bg-status-waiting/10",
    bar: "bg-status-waiting",
    ring: "border-status-waiting",
  },
  blocked: {
    label: "Blocked",
    icon: OctagonPause,
    text: "text-status-blocked",
    soft: "border-status-blocked/40 bg-status-blocked/10",
    bar: "bg-status-blocked",
    ring: "border-status-blocked",
  },
  succeeded: {
    label: "Succeeded",
    icon: CircleCheck,
    text: "text-status-succeeded",
    soft: "border-status-succeeded/40 bg-status-succeeded/10",
    bar: "bg-status-succeeded",
    ring: "border-status-succeeded",
  },
  failed: {
    label: "Failed",
    icon: CircleAlert,
    text: "text-status-failed",
    soft: "border-status-failed/40 bg-status-failed/10",
    bar: "bg-status-failed",
    ring: "border-status-failed",
  },
  cancelled: {
    label: "Cancelled",
    icon: Ban,
    text: "text-status-cancelled",
    soft: "border-status-cancelled/40 bg-status-cancelled/10",
    bar: "bg-status-cancelled",
    ring: "border-status-cancelled",
  },
  skipped: {
    label: "Skipped",
    icon: CircleSlash,
    text: "text-status-skipped",
    soft: "border-status-skipped/40 bg-status-skipped/10",
    bar: "bg-status-skipped",
    ring: "border-status-skipped/60",
  },
};

export function asStatus(text: string): Status {
  return STATUSES.find((status) => status === text) ?? "queued";
}

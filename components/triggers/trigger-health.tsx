import { Moment } from "@/components/time/moment";
import { Alert } from "@/components/ui/alert";
import type { TriggerDetail } from "@/server/triggers/contract";
import { lagText } from "./lag-text";

const STATES: Readonly<Record<string, string>> = { connecting: "Connecting", listening: "Listening", subscribed: "Subscribed", polling: "Looking for items", waiting: "Looked", unsubscribed: "Not subscribed", failing: "Waits to try again", kept: "Nobody reads, and the server keeps its log", dropped: "Nobody reads, and the server keeps nothing" };

/** Of a trigger that does not listen at present. */
export function tellsWhatIsKept(health: TriggerDetail["health"]): boolean {
  return health?.state === "kept" || health?.state === "dropped";
}

/** What the listener of a trigger says, and how far it is behind. */
export function TriggerHealth({ health }: { health: TriggerDetail["health"] }) {
  if (health === null) return null;
  const { state, message } = health;
  if (state === "off") return <Alert tone="warning" title={typeof message === "string" ? message : "Nothing listens."} />;
  const lag = lagText(health);
  return (
    <>
      <p className="text-sm text-muted-foreground" role="status">
        {STATES[state] ?? state}
        {health.at === undefined ? null : <>, <Moment at={health.at} /></>}
        {lag === null ? null : ` · ${lag}`}
      </p>
      {["listening", "kept", "dropped"].includes(state) && typeof message === "string" ? <Alert tone="warning" title={message} /> : null}
    </>
  );
}

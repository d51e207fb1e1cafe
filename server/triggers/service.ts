// What other modules and the protocols use of triggers. Publishing calls `declareTriggers`, so nothing here may import workflows or runs.
export { tellTriggerChanged } from "./activity";
export { declareTriggers } from "./declare";
export { dispatchDue, dispatchEvent } from "./dispatch";
export type { EventError } from "./due-events";
export { captureNext, discardHeld, getEvent, getInboxSettings, listEvents, releaseHeld, resendEvent, setInboxSettings } from "./inbox";
export { recordEvent } from "./intake";
export { createTrigger, deleteTrigger, getTrigger, listTriggers, rotateToken, setTriggerMode, updateTrigger } from "./manage";
export { type NewEvent, type RecordedEvent, VALUE_TYPE, valueBody } from "./new-event";
export { startTriggers, type TriggerRuntime } from "./runtime";

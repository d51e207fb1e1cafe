// What other modules and the protocols use of triggers. Publishing calls `declareTriggers`, so nothing here may import workflows or runs.
export { tellTriggerChanged } from "./activity";
export { askAuthorizer } from "./ask-authorizer";
export { inputProblems } from "./check-input";
export { declareTriggers } from "./declare";
export { dispatchDue, dispatchEvent } from "./dispatch";
export type { EventError } from "./due-events";
export { fireSchedules, type FireReport } from "./fire-schedules";
export { captureNext, discardHeld, getEvent, getInboxSettings, listEvents, releaseHeld, resendEvent, setInboxSettings } from "./inbox";
export { type Endpoint, endpointSecret, findEndpointByToken, readRunAnswer, readStepNotices, type RunAnswer } from "./endpoint";
export { noteRefusal } from "./refusals";
export { recordEvent, takeIn } from "./intake";
export { findByPath } from "./map-input";
export { createTrigger, deleteTrigger, getTrigger, listTriggers, rotateToken, setTriggerMode, updateTrigger } from "./manage";
export { type NewEvent, type RecordedEvent, VALUE_TYPE, valueBody } from "./new-event";
export { recordPlatformEvent, type PlatformOccurrence } from "./platform-events";
export { findRoute, listActiveRoutes, type ListedRoute, type RouteMatch } from "./route-endpoint";
export { readSideRun } from "./side-run";
export { startTriggers, type TriggerRuntime } from "./runtime";

// Where audit events are streamed to, and how long they stay.
export { ownerOf } from "./chain-owner";
export { deliverStreams } from "./deliver";
export { enableStream, removeStream, saveStream, setAuditRetention, testStream, viewKeeping } from "./keeping";
export { SEALED_STREAMS } from "./secrets";
export { type AuditStreamsRuntime, startAuditStreams } from "./runtime";

export { movePin, pin, unpin } from "./pins";
export { preview } from "./preview";
export { deleteSample, listSamples, saveSample } from "./samples";
export { testStep } from "./step-test";

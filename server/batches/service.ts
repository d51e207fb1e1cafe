export { checkBatch, startBatch } from "./start";
export { findByName, getBatch, listBatches } from "./view";

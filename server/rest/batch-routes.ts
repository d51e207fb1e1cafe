import * as contract from "@/server/batches/contract";
import * as service from "@/server/batches/service";
import { DomainError } from "@/server/errors/domain-error";
import { Answer, route } from "./route";

const tag = "Batches";

/** What a schema of one object cannot say. */
function requireOneSource({ inputs, csv }: { inputs?: unknown; csv?: unknown }): void {
  if ((inputs === undefined) === (csv === undefined)) throw new DomainError("invalid_input", { field: "inputs", reason: "give exactly one of inputs and csv" });
}

export const batchRoutes = [
  route("POST /batches", {
    tag, permission: "run:start", summary: "Start a run for each input of a list, or for each row of a CSV file",
    statuses: { 200: "The batch of an earlier call with the same key", 201: "Started" },
    takesCsv: true, input: contract.startBatchFields, output: contract.startedBatchSchema,
    handle: async (context, input) => {
      requireOneSource(input);
      const batch = await service.startBatch(context, input);
      return new Answer(batch.repeated ? 200 : 201, batch, { location: `/api/v1/batches/${batch.id}` });
    },
  }),
  route("POST /batches/check", {
    tag, permission: "run:start", summary: "Say what of a batch would start, without starting it",
    takesCsv: true, input: contract.checkBatchFields, output: contract.checkedBatchSchema,
    handle: (context, input) => {
      requireOneSource(input);
      return service.checkBatch(context, input);
    },
  }),
  route("GET /batches", {
    tag, permission: "run:read", summary: "List batches, newest first",
    input: contract.listBatchesInput, output: contract.batchPageSchema,
    handle: (context, input) => service.listBatches(context, input),
  }),
  route("GET /batches/{batchId}", {
    tag, permission: "run:read", summary: "How far a batch is: its runs by status",
    input: contract.batchRefInput, output: contract.batchSchema,
    handle: (context, input) => service.getBatch(context, input),
  }),
];

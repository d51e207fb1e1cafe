import { describe } from "vitest";
import { openMemoryHarness } from "@/server/testing/memory-harness";
import { describeRunStore } from "@/server/testing/run-store.conformance";

describe("the store in memory", () => describeRunStore(openMemoryHarness));

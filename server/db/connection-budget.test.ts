import { describe, expect, it } from "vitest";
import { fitConnections } from "./connection-budget";

const tree = { web: 1, workers: 1, poolSize: 10, isWebPooled: false };

describe("the pools of an installation", () => {
  it("stay as they are while the server has room for all of them", () => {
    expect(fitConnections(38, tree)).toEqual({ poolSize: 10, problem: null });
  });

  it("shrink until they fit", () => {
    expect(fitConnections(37, tree)).toEqual({ poolSize: 9, problem: "The database takes 37 connections, and the web process and one worker may open 38 (DATABASE_POOL_SIZE 10): pools of 9 are used instead." });
    expect(fitConnections(97, { ...tree, workers: 4 })).toMatchObject({ poolSize: 8 });
    expect(fitConnections(27, { ...tree, isWebPooled: true })).toMatchObject({ poolSize: 9 });
  });

  it("that cannot fit are said in one line, with what would help", () => {
    expect(fitConnections(20, { ...tree, workers: 3 })).toEqual({
      poolSize: 2,
      problem: "The database takes 20 connections, and the web process and 3 workers may open 82 (DATABASE_POOL_SIZE 10); they need at least 50: raise max_connections, or lower WORKER_PROCESSES.",
    });
    expect(fitConnections(5, { web: 1, workers: 0, poolSize: 10, isWebPooled: true })).toMatchObject({ problem: "The database takes 5 connections, and the web process may open 6 (DATABASE_POOL_SIZE 10); they need at least 6: raise max_connections." });
  });
});

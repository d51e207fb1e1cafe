import { expect, it } from "vitest";
import { PoolPlaces, readPools } from "./pools";

it("reads names and limits, and asks for what there is room for", () => {
  const pools = readPools(["default", "gpu:2", "a:b:1"]);
  expect(pools.names).toEqual(["default", "gpu", "a:b"]);
  const places = new PoolPlaces(pools);
  expect(places.requests(10)).toEqual([{ pools: ["default"], limit: 10 }, { pools: ["gpu"], limit: 2 }, { pools: ["a:b"], limit: 1 }]);
  places.take("gpu");
  places.take("a:b");
  expect([places.isLimited("gpu"), places.isLimited("default")]).toEqual([true, false]);
  expect(places.requests(10)).toEqual([{ pools: ["default"], limit: 10 }, { pools: ["gpu"], limit: 1 }]);
  places.giveBack("a:b");
  expect(places.requests(10)[2]).toEqual({ pools: ["a:b"], limit: 1 });
});
